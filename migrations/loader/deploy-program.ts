/** Brings a binary to an address: buffer, chunks, then deployment or upgrade. What was interrupted goes on where it stopped. */
import { SystemProgram, TransactionMessage, VersionedTransaction, type Connection, type Keypair, type PublicKey, type TransactionInstruction } from "@solana/web3.js";
import {
  BUFFER_HEADER_BYTES, decodeBuffer, decodeProgramData, deployFromBuffer, initializeBuffer, LOADER, PROGRAM_BYTES, PROGRAM_DATA_HEADER_BYTES,
  programDataAddress, upgradeFromBuffer, writeBuffer, type ProgramDataState,
} from "./instructions.js";

/** Of the 1,232 bytes of a transaction, what a write leaves for the program. */
const CHUNK_BYTES = 1_000;
/** Rounds of sending what the buffer lacks. Each reads the buffer first: what is there is there. */
const ROUNDS = 10;
const IN_FLIGHT = 16;

export type Deployment = {
  readonly connection: Connection;
  /** Pays, and is the upgrade authority afterwards. */
  readonly payer: Keypair;
  /** The key of the address to deploy to. */
  readonly program: Keypair;
  /** Holds the binary while it is uploaded; the same key again resumes. */
  readonly buffer: Keypair;
  readonly binary: Uint8Array;
  readonly log: (line: string) => void;
};

/** Deploys, upgrades, or finds that the binary is there already. */
export async function deployProgram(deployment: Deployment): Promise<"deployed" | "upgraded" | "unchanged"> {
  const { connection, payer, program, binary, log } = deployment;
  const present = await readProgramData(connection, program.publicKey);
  if (present && holdsBinary(present, binary)) return "unchanged";
  if (present) requireUpgradable(present, payer.publicKey, binary.length);
  await requireFunds(deployment, present !== undefined);
  await createBuffer(deployment);
  await fillBuffer(deployment);
  const accounts = { program: program.publicKey, buffer: deployment.buffer.publicKey, authority: payer.publicKey };
  if (present) {
    log("Upgrading the program.");
    await send(deployment, [upgradeFromBuffer({ ...accounts, spill: payer.publicKey })]);
    return "upgraded";
  }
  log("Deploying the program.");
  const lamports = await connection.getMinimumBalanceForRentExemption(PROGRAM_BYTES);
  await send(deployment, [
    SystemProgram.createAccount({ fromPubkey: payer.publicKey, newAccountPubkey: program.publicKey, lamports, space: PROGRAM_BYTES, programId: LOADER }),
    deployFromBuffer({ ...accounts, payer: payer.publicKey }, binary.length),
  ], [program]);
  return "deployed";
}

/** The program's code and upgrade authority as the cluster has them; undefined where there is no program. */
export async function readProgramData(connection: Connection, program: PublicKey): Promise<ProgramDataState | undefined> {
  const account = await connection.getAccountInfo(programDataAddress(program));
  return account?.owner.equals(LOADER) ? decodeProgramData(account.data) : undefined;
}

/** True when the account holds exactly this binary; what it has room for beyond is zero. */
export function holdsBinary({ code }: ProgramDataState, binary: Uint8Array): boolean {
  return code.length >= binary.length && binary.every((byte, i) => code[i] === byte) && code.subarray(binary.length).every((byte) => byte === 0);
}

function requireUpgradable(present: ProgramDataState, authority: PublicKey, bytes: number): void {
  if (present.authority === null) throw new Error("This program has no upgrade authority any more: it stays as it is. Deploy under another key.");
  if (!present.authority.equals(authority)) throw new Error(`Only ${present.authority.toBase58()} may upgrade this program. Use that wallet.`);
  if (present.code.length < bytes) {
    throw new Error(`The new program is ${bytes - present.code.length} bytes longer than its account. Make room with \`solana program extend\` first.`);
  }
}

async function requireFunds({ connection, payer, buffer, binary }: Deployment, upgrade: boolean): Promise<void> {
  const [balance, uploaded, inBuffer, inData, inProgram] = await Promise.all([
    connection.getBalance(payer.publicKey),
    connection.getBalance(buffer.publicKey),
    connection.getMinimumBalanceForRentExemption(BUFFER_HEADER_BYTES + binary.length),
    connection.getMinimumBalanceForRentExemption(PROGRAM_DATA_HEADER_BYTES + binary.length),
    connection.getMinimumBalanceForRentExemption(PROGRAM_BYTES),
  ]);
  const fees = (await signatureLamports(connection, payer.publicKey)) * (2 * Math.ceil(binary.length / CHUNK_BYTES) + 10); // room for a second round
  const needed = Math.max(inBuffer, upgrade ? 0 : inData + inProgram) - uploaded + fees;
  if (balance < needed) {
    throw new Error(`The wallet ${payer.publicKey.toBase58()} owns ${sol(balance)} SOL; deploying needs about ${sol(needed)}. Fund it and run this again.`);
  }
}

async function signatureLamports(connection: Connection, payerKey: PublicKey): Promise<number> {
  const { blockhash } = await connection.getLatestBlockhash();
  const { value } = await connection.getFeeForMessage(new TransactionMessage({ payerKey, recentBlockhash: blockhash, instructions: [] }).compileToV0Message());
  if (value === null) throw new Error("The RPC endpoint does not say what a signature costs. Use another one.");
  return value;
}

async function createBuffer(deployment: Deployment): Promise<void> {
  const { connection, payer, buffer, binary, log } = deployment;
  const present = await connection.getAccountInfo(buffer.publicKey);
  if (present) {
    const state = present.owner.equals(LOADER) ? decodeBuffer(present.data) : undefined;
    if (!state?.authority?.equals(payer.publicKey) || state.code.length !== binary.length) {
      throw new Error("The buffer of an earlier deployment is of another program or wallet. Close it with `solana program close --buffers`, and delete its key file.");
    }
    return log(`Resuming the upload to ${buffer.publicKey.toBase58()}.`);
  }
  const space = BUFFER_HEADER_BYTES + binary.length;
  const lamports = await connection.getMinimumBalanceForRentExemption(space);
  await send(deployment, [
    SystemProgram.createAccount({ fromPubkey: payer.publicKey, newAccountPubkey: buffer.publicKey, lamports, space, programId: LOADER }),
    initializeBuffer(buffer.publicKey, payer.publicKey),
  ], [buffer]);
}

/** Sends every chunk that the buffer lacks, until it lacks none. */
async function fillBuffer(deployment: Deployment): Promise<void> {
  const { connection, payer, buffer, binary, log } = deployment;
  for (let round = 0; round < ROUNDS; round++) {
    const missing = await missingChunks(connection, buffer.publicKey, binary);
    if (missing.length === 0) return;
    log(`Uploading ${missing.length} of ${Math.ceil(binary.length / CHUNK_BYTES)} chunks.`);
    const sendNext = async (): Promise<void> => {
      for (let offset = missing.shift(); offset !== undefined; offset = missing.shift()) {
        const write = writeBuffer(buffer.publicKey, payer.publicKey, offset, binary.subarray(offset, offset + CHUNK_BYTES));
        await send(deployment, [write]).catch(() => undefined); // the next round sees what is still missing
      }
    };
    await Promise.all(Array.from({ length: IN_FLIGHT }, sendNext));
  }
  const left = await missingChunks(connection, buffer.publicKey, binary);
  if (left.length > 0) throw new Error(`${left.length} chunks did not land. Run this again to go on where it stopped, perhaps with another RPC endpoint.`);
}

async function missingChunks(connection: Connection, buffer: PublicKey, binary: Uint8Array): Promise<number[]> {
  const account = await connection.getAccountInfo(buffer);
  const code = account ? decodeBuffer(account.data)?.code : undefined;
  const offsets = Array.from({ length: Math.ceil(binary.length / CHUNK_BYTES) }, (_, i) => i * CHUNK_BYTES);
  return offsets.filter((offset) => {
    const chunk = binary.subarray(offset, offset + CHUNK_BYTES);
    return code === undefined || !chunk.every((byte, i) => code[offset + i] === byte);
  });
}

/** One transaction of the payer's, confirmed. */
async function send({ connection, payer }: Deployment, instructions: TransactionInstruction[], signers: Keypair[] = []): Promise<void> {
  const latest = await connection.getLatestBlockhash();
  const message = new TransactionMessage({ payerKey: payer.publicKey, recentBlockhash: latest.blockhash, instructions }).compileToV0Message();
  const transaction = new VersionedTransaction(message);
  transaction.sign([payer, ...signers]);
  const signature = await connection.sendTransaction(transaction, { maxRetries: 10 });
  const { value } = await connection.confirmTransaction({ signature, ...latest });
  if (value.err !== null) throw new Error(`The cluster refused the transaction ${signature}: ${JSON.stringify(value.err)}`);
}

function sol(lamports: number): string {
  return (lamports / 1e9).toFixed(4);
}
