// `--require` this, and whatever asks for React gets React 18, in this process.
const Module = require("node:module");

const resolve = Module._resolveFilename;
Module._resolveFilename = function (request, parent, ...rest) {
  if (!/^react(-dom)?(\/|$)/.test(request)) return resolve.call(this, request, parent, ...rest);
  return resolve.call(this, request, parent, rest[0] ?? false, { paths: [__dirname] });
};
