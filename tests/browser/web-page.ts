/** The example page as it would be deployed: built, served under a strict Content-Security-Policy, and driven in Chromium. */
import type { Localnet, LocalnetWallet } from "@postern/sdk/localnet";
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { extname, join } from "node:path";
import { promisify } from "node:util";
import type { BrowserContext, BrowserContextOptions, Page } from "playwright-core";
import { launchChromium, launchProfile } from "./chromium.js";

const EXAMPLE = join(__dirname, "../../examples/web");
/** Nothing inline, nothing evaluated, no markup from strings, no other host but the network's endpoint. */
const POLICY = [
  "default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self' data:", "connect-src http://127.0.0.1:* ws://127.0.0.1:*",
  "base-uri 'none'", "form-action 'none'", "require-trusted-types-for 'script'", "trusted-types 'none'",
].join("; ");
const TYPES: Record<string, string> = { ".html": "text/html; charset=utf-8", ".js": "text/javascript", ".css": "text/css" };

export type Web = {
  /** A private window, which is as good as another device, or with a folder an ordinary one; violations of the policy and uncaught errors are `problems`. */
  device(options?: BrowserContextOptions, profile?: string): Promise<BrowserContext>;
  /** A tab with the panes of these people. */
  open(context: BrowserContext, people: string): Promise<Page>;
  readonly origin: string;
  readonly problems: string[];
  close(): Promise<void>;
};

/** Builds the page for people on a network, as `VITE_…` settings of its environment say; with a file of settings for Vite if one is named. */
export async function buildPage(net: Localnet, people: Readonly<Record<string, LocalnetWallet>>, config?: string): Promise<{ readonly folder: string; remove(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), "postern-web-"));
  const wallets = Object.entries(people).map(([name, { secretKey }]) => ({ name, secretKey: [...secretKey] }));
  const vite = join(require.resolve("vite/package.json"), "../bin/vite.js");
  await promisify(execFile)(process.execPath, [vite, "build", EXAMPLE, "--outDir", folder, "--emptyOutDir", "--logLevel", "error", ...(config === undefined ? [] : ["--config", config])], {
    env: { ...process.env, VITE_RPC_URL: net.rpcUrl, VITE_NAMES_RPC_URL: net.rpcUrl, VITE_WALLETS: JSON.stringify(wallets) },
  });
  return { folder, remove: () => rm(folder, { recursive: true, force: true }) };
}

export async function openWeb(net: Localnet, people: Readonly<Record<string, LocalnetWallet>>, config?: string): Promise<Web> {
  const built = await buildPage(net, people, config);
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? "/", "http://page").pathname;
    const file = path === "/" ? "index.html" : path.slice(1);
    if (file === "frame.html") return void response.setHeader("content-type", "text/html").end(`<!doctype html><title>frame</title><iframe title="chat" width="700" height="700" src="http://127.0.0.1:${(server.address() as AddressInfo).port}/?only=erin"></iframe>`);
    readFile(join(built.folder, file)).then((body) => {
      response.setHeader("content-type", TYPES[extname(file)] ?? "application/octet-stream").setHeader("content-security-policy", POLICY).end(body);
    }, () => response.writeHead(404).end());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const browser = await launchChromium();
  const problems: string[] = [];
  return {
    origin, problems,
    device: async (options, profile) => {
      const settings = { reducedMotion: "reduce" as const, ...options };
      const context = await (profile === undefined ? browser.newContext(settings) : launchProfile(profile, settings));
      context.on("weberror", (error) => problems.push(String(error.error())));
      context.on("console", (message) => {
        if (/Content.Security.Policy|Trusted/i.test(message.text())) problems.push(message.text());
      });
      // What a user does who approves; a test that wants to see a prompt says so first.
      await context.addInitScript(() => {
        const page = globalThis as { approving?: boolean };
        page.approving = true;
        setInterval(() => page.approving && document.querySelector<HTMLElement>(".page-prompt button:last-child")?.click(), 20);
      });
      return context;
    },
    open: async (context, names) => {
      const page = await context.newPage();
      await page.goto(`${origin}/?only=${names}`);
      return page;
    },
    close: async () => {
      await browser.close();
      await new Promise((resolve) => server.close(resolve));
      await built.remove();
    },
  };
}
