// Reads sources without their comments and strings where those would mislead, and finds what they import.
import { readdirSync, readFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import ts from "typescript";

/** Files below `folder` of `root` with one of these endings, as { file, text }; paths with forward slashes, from `root`. */
export function sources(root, folder, endings) {
  let entries;
  try {
    entries = readdirSync(join(root, folder), { recursive: true, withFileTypes: true });
  } catch {
    return [];
  }
  return entries
    .filter((entry) => entry.isFile() && endings.some((ending) => entry.name.endsWith(ending)))
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .filter((path) => !/[\\/](node_modules|dist|target|\.next)[\\/]/.test(path))
    .sort()
    .map((path) => ({ file: relative(root, path).split(sep).join("/"), text: readFileSync(path, "utf8") }));
}

const TOKEN = /\/\*[\s\S]*?\*\/|\/\/[^\n]*|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`/g;
const blank = (match) => match.replace(/[^\n]/g, " ");

/** The text with comments blanked out; lines keep their numbers. */
export function withoutComments(text) {
  return text.replace(TOKEN, (match) => (match.startsWith("/") ? blank(match) : match));
}

/** The text with comments, strings and templates blanked out. */
export function codeOnly(text) {
  return text.replace(TOKEN, blank);
}

/** Every specifier that a source imports or re-exports, types included, with its line. */
export function importsOf(text) {
  const pattern = /\b(?:from|import|require)\s*\(?\s*["']([^"']+)["']/g;
  const code = withoutComments(text);
  return [...code.matchAll(pattern)].map((match) => ({ specifier: match[1], line: code.slice(0, match.index).split("\n").length }));
}

/** The lines on which the type `any` is written. */
export function anyTypes(text, file = "source.ts") {
  if (!/\bany\b/.test(text)) return [];
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest);
  const lines = [];
  const visit = (node) => {
    if (node.kind === ts.SyntaxKind.AnyKeyword) lines.push(source.getLineAndCharacterOfPosition(node.getStart(source)).line + 1);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return lines;
}
