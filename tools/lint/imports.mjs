// `npm run lint` (or with another checkout's folder as its argument): imports between the SDK's rooms, lengths of files, and words that do not belong into committed code.
import { posix, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { PACKAGES, RESERVED, ROOMS } from "./rooms.mjs";
import { anyTypes, codeOnly, importsOf, sources } from "./sources.mjs";

const MAX_LINES = 300;
const CODE = ["sdk/src", "sdk/scripts", "sdk/bin", "tests", "examples", "migrations", "bench", "programs", "tools"];
const ENDINGS = [".ts", ".tsx", ".mts", ".mjs", ".js", ".rs", ".py"];
const GENERATED = /^sdk\/src\/program\/generated\//;
/** This folder names the words that it looks for, and so does its test. */
const ABOUT_LINT = /^(tools\/lint\/|tests\/docs\/lint\.test\.ts$)/;

const WORDS = [
  { pattern: /\b(TODO|FIXME|XXX|HACK)\b/, in: /./, why: "do it or write an issue" },
  { pattern: /@ts-(ignore|nocheck)/, in: /\.(m?ts|tsx)$/, why: "make the types right" },
];
/** Looked for outside comments and strings. */
const CODE_WORDS = [
  { pattern: /\b(describe|context|it)\.(only|skip)\b|\bxit\(|\bxdescribe\(/, in: /^tests\//, why: "every test runs" },
];

/** Every violation below `root` as `file:line: sentence`. */
export function lint(root) {
  const all = CODE.flatMap((folder) => sources(root, folder, ENDINGS)).filter(({ file }) => !GENERATED.test(file));
  const sdk = all.filter(({ file }) => file.startsWith("sdk/src/"));
  return [...sdk.flatMap(checkImports), ...all.flatMap(checkLength), ...all.filter(({ file }) => !ABOUT_LINT.test(file)).flatMap(checkWords), ...all.flatMap(checkTypes)];
}

function checkTypes({ file, text }) {
  return /\.(m?ts|tsx)$/.test(file) ? anyTypes(text, file).map((line) => `${file}:${line}: the type any: use unknown, or the type.`) : [];
}

function checkImports({ file, text }) {
  const path = file.slice("sdk/src/".length);
  const room = roomOf(path);
  if (!(room in ROOMS)) return [`${file}:1: ${room} is no room that tools/lint/rooms.mjs knows.`];
  return importsOf(text).flatMap(({ specifier, line }) => {
    const problem = specifier.startsWith(".") ? refusedFile(path, room, specifier) : refusedPackage(room, specifier);
    return problem ? [`${file}:${line}: ${problem}`] : [];
  });
}

function refusedFile(path, room, specifier) {
  if (!specifier.endsWith(".js")) return `"${specifier}" lacks its .js suffix.`;
  const target = posix.join(posix.dirname(path), specifier).replace(/\.js$/, ".ts");
  if (target.startsWith("..")) return `"${specifier}" leads out of sdk/src.`;
  const other = roomOf(target);
  if (RESERVED[target] && !RESERVED[target].includes(room) && !RESERVED[target].includes(path)) return `${room} must not import ${target}.`;
  if (other !== room && !ROOMS[room].includes(other)) return `${room} must not import ${other}: imports point one way.`;
  return undefined;
}

function refusedPackage(room, specifier) {
  const name = Object.keys(PACKAGES).find((prefix) => specifier === prefix || specifier.startsWith(prefix.endsWith(":") ? prefix : `${prefix}/`));
  return name !== undefined && !PACKAGES[name].includes(room) ? `${room} must not import ${specifier}.` : undefined;
}

/** The folder directly below sdk/src, or the file that stands there. */
function roomOf(path) {
  return path.split("/")[0];
}

function checkLength({ file, text }) {
  const lines = text.split("\n").length - 1;
  return lines > MAX_LINES ? [`${file}:${lines}: ${lines} lines; split it, ${MAX_LINES} are the limit.`] : [];
}

function checkWords({ file, text }) {
  const code = codeOnly(text).split("\n");
  return text.split("\n").flatMap((line, i) => [
    ...WORDS.filter((word) => word.in.test(file) && word.pattern.test(line)),
    ...CODE_WORDS.filter((word) => word.in.test(file) && word.pattern.test(code[i])),
  ].map(({ pattern, why }) => `${file}:${i + 1}: ${pattern.exec(line)?.[0] ?? "a forbidden word"}: ${why}.`));
}

if (process.argv[1] && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const found = lint(process.argv[2] ?? fileURLToPath(new URL("../..", import.meta.url)));
  for (const line of found) console.error(line);
  console.log(found.length === 0 ? "No violations." : `${found.length} violations.`);
  process.exitCode = found.length === 0 ? 0 : 1;
}
