// A run that comes before the kernel waits for it: JupyterLab alone would ask which kernel is meant, of which there is one.
(() => {
  const NAME = "@twisted-web-line-by-line/patience";
  let shared;

  async function extension() {
    const [apputils] = Object.values(shared["@jupyterlab/apputils"]);
    const { ISessionContextDialogs, SessionContext } = (await apputils.get())();
    // A run that finds no kernel starts one: not a second, whose outputs nobody gets, while the first is on its way.
    const start = SessionContext.prototype.startKernel;
    const onTheWay = new WeakMap();
    SessionContext.prototype.startKernel = function () {
      if (!onTheWay.has(this)) onTheWay.set(this, start.call(this).finally(() => onTheWay.delete(this)));
      return onTheWay.get(this);
    };
    return {
      id: `${NAME}:plugin`,
      autoStart: true,
      requires: [ISessionContextDialogs],
      activate: (app, dialogs) => {
        const ask = dialogs.selectKernel.bind(dialogs);
        dialogs.selectKernel = async (context) => {
          // Cells are shown before it is known that a kernel will be started for them.
          await context.ready;
          if (context.hasNoKernel) await ask(context);
        };
      },
    };
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
