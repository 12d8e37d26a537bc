// The example page on React 18, in the form that warns of what a component does wrong.
import { createRequire } from "node:module";
import { dirname } from "node:path";

const { resolve } = createRequire(import.meta.url);
const folderOf = (name) => dirname(resolve(`${name}/package.json`));

process.env.NODE_ENV = "development";
export default { resolve: { alias: { react: folderOf("react"), "react-dom": folderOf("react-dom") } } };
