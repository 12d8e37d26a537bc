/** Debian's Chromium without a window, and pages of one origin with a module of the SDK in them. */
import { build } from "esbuild";
import { existsSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { chromium, type Browser, type BrowserContext, type BrowserContextOptions, type Page } from "playwright-core";

const PROGRAMS = ["/usr/bin/chromium-headless-shell", "/usr/bin/chromium"];

/** Where Chromium is; undefined where it is not installed. `POSTERN_CHROMIUM` names another. */
export const CHROMIUM = process.env["POSTERN_CHROMIUM"] ?? PROGRAMS.find((path) => existsSync(path));

export type Pages = { readonly context: BrowserContext; page(): Promise<Page>; close(): Promise<void> };

const LAUNCH = {
  ...(CHROMIUM === undefined ? {} : { executablePath: CHROMIUM }), headless: true,
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
};

export function launchChromium(): Promise<Browser> {
  return chromium.launch(LAUNCH);
}

/** A browser of its own that keeps what a browser keeps in a folder, until it is opened with that again. */
export function launchProfile(folder: string, options: BrowserContextOptions): Promise<BrowserContext> {
  return chromium.launchPersistentContext(folder, { ...LAUNCH, ...options });
}

/** Pages that have run `entry`, a file beside this one, bundled as an app would. */
export async function openPages(entry: string): Promise<Pages> {
  const { outputFiles } = await build({
    entryPoints: [join(__dirname, entry)], bundle: true, splitting: true, format: "esm", platform: "browser", outdir: "/", write: false, logLevel: "error",
    absWorkingDir: join(__dirname, "../.."), define: { global: "globalThis" },
  });
  const files = new Map(outputFiles.map(({ path, text }) => [path, text]));
  const server = createServer(({ url = "/" }, response) => {
    const script = files.get(url);
    response.setHeader("content-type", script === undefined ? "text/html" : "text/javascript");
    response.end(script ?? `<!doctype html><title>page</title><script type="module" src="/${entry.replace(/\.m?ts$/, ".js")}"></script>`);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  let browser: Browser | undefined;
  try {
    browser = await launchChromium();
    const context = await browser.newContext();
    return {
      context,
      page: async () => {
        const page = await context.newPage();
        await page.goto(origin);
        await page.waitForFunction("globalThis.ready === true");
        return page;
      },
      close: async () => {
        await browser?.close();
        await new Promise((resolve) => server.close(resolve));
      },
    };
  } catch (error) {
    await browser?.close();
    server.close();
    throw error;
  }
}
