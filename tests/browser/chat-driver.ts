/** What a person does with the chat in a page, and what a test looks at. */
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Locator, Page } from "playwright-core";

const SCREENSHOTS = join(__dirname, "screenshots");
const AXE = require.resolve("axe-core/axe.min.js");
/** What a busy machine may take for a message to arrive. */
export const WITHIN = { timeout: 40_000 };

export const chatOf = (page: Page): Locator => page.locator(".page-chat");
export const bubbles = (page: Page): Locator => chatOf(page).locator(".postern-bubble");
export const texts = (page: Page): Promise<string[]> => chatOf(page).locator(".postern-text").allInnerTexts();

/** A picture for people, in a folder that git ignores. */
export async function shot(page: Page, name: string): Promise<void> {
  mkdirSync(SCREENSHOTS, { recursive: true });
  await page.screenshot({ path: join(SCREENSHOTS, `${name}.png`) });
}

export async function write(page: Page, text: string): Promise<void> {
  await chatOf(page).locator("textarea").fill(text);
  await chatOf(page).locator("textarea").press("Enter");
}

export async function startWith(page: Page, address: string): Promise<void> {
  await chatOf(page).getByRole("button", { name: "New message" }).click();
  await chatOf(page).getByLabel("Wallet address or name").fill(address);
  await chatOf(page).getByRole("button", { name: "Start" }).click();
}

export async function unlock(page: Page): Promise<void> {
  await chatOf(page).getByRole("button", { name: "Open my messages" }).click(WITHIN);
}

export async function register(page: Page): Promise<void> {
  await unlock(page);
  await chatOf(page).getByRole("button", { name: "Turn on messages" }).click(WITHIN);
  await listed(page);
}

/** The messages are open. */
export async function listed(page: Page): Promise<void> {
  await chatOf(page).locator(".postern-list").waitFor(WITHIN);
}

export async function openConversation(page: Page, peer: string): Promise<void> {
  await chatOf(page).locator(`[data-peer="${peer}"]`).click(WITHIN);
}

/** What axe finds, as rule and element. Run in the page from the outside, where the page's policy does not hold. */
export async function violations(page: Page): Promise<string[]> {
  const session = await page.context().newCDPSession(page);
  await session.send("Page.setBypassCSP", { enabled: true });
  await page.evaluate(readFileSync(AXE, "utf8"));
  const found = await page.evaluate(async () => {
    const { axe } = globalThis as unknown as { axe: { run(): Promise<{ violations: { id: string; nodes: { html: string; failureSummary?: string }[] }[] }> } };
    return (await axe.run()).violations.flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary ?? ""}`));
  });
  await session.detach();
  return found;
}
