// A run that comes before the kernel waits for it: JupyterLab alone would ask which kernel is meant, or run nothing.
(() => {
  const NAME = "@twisted-web-line-by-line/patience";
  let shared;

  async function extension() {
    const load = async (name) => (await Object.values(shared[name])[0].get())();
    const [{ SessionContext }, { CodeCell }] = await Promise.all(["@jupyterlab/apputils", "@jupyterlab/cells"].map(load));

    // Cells are shown before it is known that a kernel will be started for them. Until the first one is there, none is
    // missing: a run would start a second, whose outputs nobody gets, and ask for a third.
    const known = new WeakSet();
    const arrived = new WeakSet();
    const hasNoKernel = Object.getOwnPropertyDescriptor(SessionContext.prototype, "hasNoKernel");
    Object.defineProperty(SessionContext.prototype, "hasNoKernel", {
      ...hasNoKernel,
      get() {
        if (!known.has(this)) {
          known.add(this);
          this.ready.then(() => arrived.add(this));
        }
        return arrived.has(this) && hasNoKernel.get.call(this);
      },
    });
    // A kernel that has a name, and no session yet, is asked nothing: the cell would only lose its outputs.
    const execute = CodeCell.execute;
    CodeCell.execute = async (cell, context, metadata) => {
      await context.ready;
      return execute(cell, context, metadata);
    };
    return { id: `${NAME}:plugin`, autoStart: true, activate: () => {} };
  }

  // As webpack's containers are asked: for JupyterLab, this is one of its extensions.
  window._JUPYTERLAB ??= {};
  window._JUPYTERLAB[NAME] = {
    init: (scope) => {
      shared = scope;
    },
    get: async () => {
      const plugin = await extension();
      return () => ({ __esModule: true, default: plugin });
    },
  };
})();
