import * as anchorLang from "@anchor-lang/core";
import * as coralXyz from "@coral-xyz/anchor";
import { posternProgram } from "@postern/sdk/anchor";
import { startLocalnet, type Localnet } from "@postern/sdk/localnet";
import { Keypair, PublicKey } from "@solana/web3.js";
import { expect } from "chai";

const ROOT_KIND_WALLET = 1;
const POLICY_POSTAGE = 1;

describe("the typed Anchor program", () => {
  let localnet: Localnet;

  before(async () => {
    localnet = await startLocalnet();
  });
  after(() => localnet.stop());

  for (const [library, { AnchorProvider, Wallet, BN }] of Object.entries({ "@anchor-lang/core": anchorLang, "@coral-xyz/anchor": coralXyz })) {
    it(`creates and reads a profile with a provider of ${library}, at the address that it derives itself`, async () => {
      const keypair = Keypair.fromSecretKey((await localnet.wallet()).secretKey);
      const program = posternProgram(new AnchorProvider(localnet.connection(), new Wallet(keypair), { commitment: "confirmed" }));
      const wallet = keypair.publicKey;
      const delegate = Keypair.generate().publicKey;
      const [profile] = PublicKey.findProgramAddressSync([Buffer.from("profile"), wallet.toBuffer()], new PublicKey(localnet.programId));

      const method = program.methods
        .createProfile(delegate, 1, ROOT_KIND_WALLET, POLICY_POSTAGE, new BN(25_000), wallet)
        .accounts({ payer: wallet, wallet });
      expect((await method.pubkeys()).profile?.toBase58()).to.equal(profile.toBase58());
      await method.rpc({ commitment: "confirmed" });

      const account = await program.account.profile.fetch(profile, "confirmed");
      expect(new PublicKey(account.wallet).toBase58()).to.equal(wallet.toBase58());
      expect(new PublicKey(account.delegate).toBase58()).to.equal(delegate.toBase58());
      expect(account.rootKind).to.equal(ROOT_KIND_WALLET);
      expect(account.policy).to.equal(POLICY_POSTAGE);
      expect(String(account.postage)).to.equal("25000");
    });
  }

  it("goes to another deployment when it is told to", () => {
    const programId = Keypair.generate().publicKey;
    const provider = { connection: localnet.connection() };
    expect(posternProgram(provider, { programId: programId.toBase58() }).programId.equals(programId)).to.equal(true);
    expect(posternProgram(provider).programId.toBase58()).to.equal(localnet.programId);
  });
});
