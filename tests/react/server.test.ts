/** The hooks where there is no browser: rendered on a server they ask nobody and show what the browser shows first. */
import { PosternProvider, useCanMessage, useConversation, useConversations, useEstimate, useName, usePostern, useRequests, useUnread } from "@postern/sdk/react";
import { expect } from "chai";
import { createElement, StrictMode, version, type ReactNode } from "react";
import { renderToString } from "react-dom/server";

const address = "8qbHbw2BbbTHBW1sbeqakYXVKRQM8Ne7pLK7m6CVfeR";
const refused = (): never => new Proxy({} as never, { get: () => { throw new Error("something was asked"); } });

function Everything(): ReactNode {
  const { phase } = usePostern();
  const { status, canSend } = useConversation(address);
  const shown = [phase, useConversations().items.length, status, canSend, useRequests().requests.length, useUnread(), useCanMessage(address), useEstimate(address), useName(address).address];
  return createElement("p", null, JSON.stringify(shown));
}

describe("the hooks on a server", () => {
  it("run with the React that is meant", () => expect(version.split(".")[0]).to.equal(process.env["POSTERN_REACT"] ?? "19"));

  it("render the locked state without a call to network or wallet, in strict mode too", () => {
    const wallet = { publicKey: { toBase58: () => address }, signMessage: () => Promise.reject(new Error("asked")) };
    const html = renderToString(createElement(StrictMode, null, createElement(PosternProvider, { connection: refused(), wallet }, createElement(Everything))));
    expect(html.replaceAll("&quot;", '"')).to.equal(`<p>["locked",0,"waiting",false,0,0,null,null,"${address}"]</p>`);
  });

  it("render without a wallet", () => {
    const html = renderToString(createElement(PosternProvider, { connection: "http://rpc.invalid", wallet: null }, createElement(Everything)));
    expect(html).to.include("noWallet");
  });

  it("say what is missing around them", () => {
    expect(() => renderToString(createElement(Everything))).to.throw("PosternProvider");
  });
});
