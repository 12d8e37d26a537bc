import { expect } from "chai";
import { fill } from "../support/bytes.js";
import { onEachBuild } from "../support/builds.js";
import { post, resize } from "../support/parties.js";

onEachBuild("Rule 1: only the writer posts, each number once and in order", (test) => {
  test("nobody else posts: not the reader, the payer, the writer of another inbox or a stranger", (world) => {
    const chat = world.open();
    const other = world.open();
    for (const somebody of [chat.reader, chat.payer, other.writer, world.person()]) {
      world.refuses("NotWriter", post(chat, 0, fill(10, 1), somebody));
    }
    world.post(chat, fill(10, 1));
  });

  test("nobody else posts into a request: not its recipient, nor the recipient's delegate", (world) => {
    const recipient = world.member();
    const chat = world.request(recipient);
    for (const somebody of [recipient.wallet, recipient.delegate]) world.refuses("NotWriter", post(chat, 0, fill(10, 1), somebody));
    world.post(chat, fill(10, 1));
  });

  test("the writer's address without its signature posts nothing", (world) => {
    const chat = world.open();
    const instruction = post(chat, 0, fill(10, 1));
    const accounts = instruction.accounts.map((account) => ({ ...account, signer: false }));
    world.refuses("MissingRequiredSignature", { ...instruction, accounts });
  });

  test("a post sent twice lands once", (world) => {
    const chat = world.open();
    const once = post(chat, 0, fill(10, 1));
    world.does(once);
    world.refuses("SequenceMismatch", once);
    expect(world.inbox(chat).frames).to.have.length(1);
  });

  test("a post lands at the number that it expects or not at all", (world) => {
    const chat = world.open();
    world.post(chat, fill(10, 0), fill(10, 1));
    for (const number of [0, 1, 3, 4, 0xffff_ffff]) world.refuses("SequenceMismatch", post(chat, number, fill(10, 2)));
    world.does(post(chat, 2, fill(10, 2)));
  });

  test("posts that arrive in another order than they were signed in do not land in another order", (world) => {
    const chat = world.open();
    const [first, second] = [post(chat, 0, fill(10, 1)), post(chat, 1, fill(10, 2))];
    world.refuses("SequenceMismatch", second);
    world.refuses("SequenceMismatch", second, first);
    world.does(first);
    world.does(second);
    expect(world.inbox(chat).frames.map(({ payload }) => payload[0])).to.deep.equal([1, 2]);
  });

  test("nobody but the writer resizes the ring, or resizes it when there is more in it than they know", (world) => {
    const chat = world.open();
    world.post(chat, fill(10, 1));
    for (const writer of [chat.reader, chat.payer, world.person()]) world.refuses("NotWriter", resize(chat, 2_048, 1, { writer }));
    for (const next of [0, 2]) world.refuses("SequenceMismatch", resize(chat, 2_048, next));
    world.does(resize(chat, 2_048, 1));
  });
});
