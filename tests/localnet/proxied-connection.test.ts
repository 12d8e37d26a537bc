import { isPosternError, Postern } from "@postern/sdk";
import { startLocalnet, type Localnet } from "@postern/sdk/localnet";
import { proxiedConnection, proxiedFetch } from "@postern/sdk/node";
import { Keypair, PublicKey, SystemProgram, TransactionMessage, VersionedTransaction } from "@solana/web3.js";
import { expect } from "chai";
import dns from "node:dns";
import http from "node:http";
import net from "node:net";

/** A name that resolves nowhere: whoever answers for it was asked by the proxy. */
const HOST = "rpc.invalid";
const RPC_URL = `http://${HOST}:8899`;

interface Proxy {
  readonly port: number;
  /** What the proxy was asked to connect to. */
  readonly targets: string[];
  close(): void;
}

describe("a proxied connection", () => {
  let localnet: Localnet;
  const proxies: Proxy[] = [];
  const lookedUp: string[] = [];
  const { lookup } = dns;

  before(async () => {
    localnet = await startLocalnet();
    const upstream = Number(new URL(localnet.rpcUrl).port);
    proxies.push(await socksProxy(upstream), await httpProxy(upstream));
    dns.lookup = ((name: string, ...rest: unknown[]) => {
      lookedUp.push(name);
      return (lookup as (...args: unknown[]) => void)(name, ...rest);
    }) as typeof dns.lookup;
  });
  after(async () => {
    dns.lookup = lookup;
    for (const proxy of proxies) proxy.close();
    await localnet.stop();
  });
  beforeEach(() => {
    lookedUp.length = 0;
    for (const { targets } of proxies) targets.length = 0;
  });

  for (const [index, schemes] of [["socks5h", "socks5", "socks4a"], ["http"]].entries()) {
    for (const scheme of schemes) {
      it(`asks everything through the ${scheme}: proxy, which gets the name of the RPC and not its address`, async () => {
        const { port, targets } = proxies[index]!;
        const connection = proxiedConnection({ rpcUrl: RPC_URL, proxyUrl: `${scheme}://127.0.0.1:${port}` });
        expect(await connection.getGenesisHash()).to.equal(await localnet.connection().getGenesisHash());
        expect(targets).to.deep.equal([`${HOST}:8899`]);
        expect(lookedUp).not.to.include(HOST);
      });
    }
  }

  it("opens no WebSocket, not even to confirm a transaction", async () => {
    const connection = proxied();
    const wallet = await localnet.wallet();
    const payerKey = new PublicKey(wallet.address);
    const latest = await connection.getLatestBlockhash();
    const to = Keypair.generate().publicKey;
    const instructions = [SystemProgram.transfer({ fromPubkey: payerKey, toPubkey: to, lamports: 1_000_000 })];
    const transaction = await wallet.signTransaction(new VersionedTransaction(new TransactionMessage({ payerKey, recentBlockhash: latest.blockhash, instructions }).compileToV0Message()));
    const signature = await connection.sendRawTransaction(transaction.serialize());
    expect((await connection.confirmTransaction({ signature, ...latest })).value.err).to.equal(null);
    expect((await connection.confirmTransaction(signature)).value.err).to.equal(null);
    expect(await connection.getBalance(to)).to.equal(1_000_000);
    expect(new Set(proxies[0]!.targets)).to.deep.equal(new Set([`${HOST}:8899`])); // a WebSocket would have asked for port 8900
    expect(lookedUp).not.to.include(HOST);
  });

  it("carries a conversation, live messages too, without a second way out", async () => {
    const [alice, bob] = await Promise.all([localnet.wallet(), localnet.wallet()]);
    const hidden = await Postern.connect({ connection: proxied(), wallet: alice });
    const open = await Postern.connect({ connection: localnet.connection(), wallet: bob });
    await Promise.all([hidden.register(), open.register()]);
    const toHidden = await open.conversation(alice.address);
    await toHidden.send("first");
    const texts: (string | undefined)[] = [];
    for await (const message of (await hidden.conversation(bob.address)).messages()) {
      texts.push(message.kind === "content" ? message.text : undefined);
      if (texts.length === 2) break;
      await toHidden.send("second");
    }
    await Promise.all([hidden.close(), open.close()]);
    expect(texts).to.deep.equal(["first", "second"]);
    expect(new Set(proxies[0]!.targets)).to.deep.equal(new Set([`${HOST}:8899`]));
    expect(lookedUp).not.to.include(HOST);
  }).timeout(30_000);

  it("has no subscriptions, so that clients poll", () => {
    const connection = proxied();
    for (const method of ["onAccountChange", "onProgramAccountChange", "onLogs", "onSignature", "onSlotChange", "onRootChange"] as const) {
      expect(connection[method], method).to.equal(undefined);
    }
  });

  it("stops waiting for a transaction that has expired, or when it is told to", async () => {
    const connection = proxied();
    const signature = "1".repeat(64);
    const expired = await connection.confirmTransaction({ signature, blockhash: "1".repeat(32), lastValidBlockHeight: 0 }).catch((error: Error) => error.name);
    expect(expired).to.equal("TransactionExpiredBlockheightExceededError");
    const abort = new AbortController();
    const waiting = connection.confirmTransaction({ signature, blockhash: "1".repeat(32), lastValidBlockHeight: 1e9, abortSignal: abort.signal }).catch((error: Error) => error.name);
    abort.abort();
    expect(await waiting).to.equal("AbortError");
  });

  it("fails closed when the proxy is gone, and names no password", async () => {
    const gone = await socksProxy(1);
    gone.close();
    const fetch = proxiedFetch(`socks5h://alice:hunter2@127.0.0.1:${gone.port}`);
    const error: unknown = await fetch(RPC_URL, { method: "POST", body: "{}" }).catch((reason: unknown) => reason);
    expect(isPosternError(error, "RPC_FAILED")).to.equal(true);
    expect(JSON.stringify([String(error), (error as { context: unknown }).context, (error as Error).cause])).not.to.include("hunter2");
    expect(lookedUp).not.to.include(HOST);
  });

  it("refuses what is no proxy URL, or no RPC URL", () => {
    for (const options of [{ rpcUrl: RPC_URL, proxyUrl: "ftp://127.0.0.1" }, { rpcUrl: RPC_URL, proxyUrl: "127.0.0.1:9050" }, { rpcUrl: "ws://rpc.invalid", proxyUrl: "socks5h://127.0.0.1" }]) {
      expect(() => proxiedConnection(options), JSON.stringify(options)).to.throw().with.property("code", "INVALID_ARGUMENT");
    }
  });

  function proxied() {
    return proxiedConnection({ rpcUrl: RPC_URL, proxyUrl: `socks5h://127.0.0.1:${proxies[0]!.port}` });
  }
});

/** SOCKS 5 (RFC 1928, no authentication) and 4a, just far enough to hear a name and connect to `upstream` in its place. */
function socksProxy(upstream: number): Promise<Proxy> {
  const targets: string[] = [];
  const server = net.createServer((client) => {
    client.on("error", () => client.destroy());
    client.once("data", (greeting) => {
      if (greeting[0] === 4) {
        const [, name] = greeting.subarray(8).toString("latin1").split("\0");
        targets.push(`${name}:${greeting.readUInt16BE(2)}`);
        client.write(Buffer.from([0, 0x5a, 0, 0, 0, 0, 0, 0]));
        join(client, upstream);
        return;
      }
      client.write(Buffer.from([5, 0]));
      client.once("data", (request) => {
        const isName = request[3] === 3;
        const length = request[4]!;
        targets.push(isName ? `${request.subarray(5, 5 + length).toString()}:${request.readUInt16BE(5 + length)}` : "an address");
        client.write(Buffer.from([5, 0, 0, 1, 0, 0, 0, 0, 0, 0]));
        join(client, upstream);
      });
    });
  });
  return listening(server, targets);
}

function httpProxy(upstream: number): Promise<Proxy> {
  const targets: string[] = [];
  const server = http.createServer((request, response) => {
    targets.push(`${request.method} ${request.url}`);
    response.writeHead(405).end();
  });
  server.on("connect", (request, client: net.Socket) => {
    targets.push(request.url ?? "");
    client.write("HTTP/1.1 200 Connection established\r\n\r\n");
    join(client, upstream);
  });
  return listening(server, targets);
}

function join(client: net.Socket, upstream: number): void {
  const socket = net.connect(upstream, "127.0.0.1");
  socket.on("error", () => client.destroy());
  client.on("error", () => socket.destroy());
  client.pipe(socket).pipe(client);
}

function listening(server: net.Server, targets: string[]): Promise<Proxy> {
  const sockets = new Set<net.Socket>();
  server.on("connection", (socket: net.Socket) => sockets.add(socket));
  const close = (): void => {
    server.close();
    for (const socket of sockets) socket.destroy();
  };
  return new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () => resolve({ port: (server.address() as net.AddressInfo).port, targets, close }));
  });
}
