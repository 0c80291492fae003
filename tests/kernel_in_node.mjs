// Runs a notebook's cells in node, with the kernel that the site has, as the worker of its page does: the folder of the
// site is the argument; the cells' sources come as JSON on standard input, and their outputs leave as JSON.

import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";

const site = resolve(process.argv[2]);
const folder = `${site}/static/pyodide/`;
const kernel = "@jupyterlite/pyodide-kernel-extension:kernel";
const page = JSON.parse(readFileSync(`${site}/jupyter-lite.json`))["jupyter-config-data"];
const { loadPyodide } = await import(pathToFileURL(`${folder}pyodide.mjs`));

const said = (text) => process.stderr.write(`${text}\n`);
const options = page.litePluginSettings[kernel].loadPyodideOptions;
const python = await loadPyodide({ indexURL: folder, stdout: said, stderr: said, ...options });
await python.runPythonAsync("import piplite.piplite, pyodide_kernel");

const parts = python.globals.get("pyodide_kernel");
const running = parts.kernel_instance;
const shell = running.interpreter;
const plain = (value) =>
  value instanceof python.ffi.PyProxy ? value.toJs({ dict_converter: Object.fromEntries }) : value;

let outputs = [];
const stream = (name, text) => {
  const last = outputs.at(-1);
  if (last?.output_type === "stream" && last.name === name) last.text += text;
  else outputs.push({ output_type: "stream", name, text });
};
const shown = (output_type) => (data, metadata) =>
  outputs.push({ output_type, data: plain(data), metadata: plain(metadata) ?? {} });

parts.stdout_stream.publish_stream_callback = stream;
parts.stderr_stream.publish_stream_callback = stream;
shell.display_pub.clear_output_callback = () => (outputs = []);
shell.display_pub.display_data_callback = shown("display_data");
shell.display_pub.update_display_data_callback = () => {};
shell.displayhook.publish_execution_result = (count, data, metadata) => shown("execute_result")(data, metadata);

const cells = [];
for (const source of JSON.parse(readFileSync(0))) {
  outputs = [];
  running._parent_header = python.toPy({ header: { msg_id: "one" } });
  const began = performance.now();
  const result = plain(await running.run(source));
  if (result.status === "error") {
    const { ename, evalue, traceback } = result;
    outputs.push({ output_type: "error", ename, evalue, traceback });
  }
  cells.push({ outputs, seconds: (performance.now() - began) / 1000 });
}
process.stdout.write(JSON.stringify(cells), () => process.exit(0));
