/** Time is a u32 of seconds: from 1970 to 2106. */
import { expect } from "chai";
import { fill } from "./support/bytes.js";
import { onEachBuild } from "./support/builds.js";
import { close, openInbox, openRequest, post } from "./support/parties.js";

const LAST = 0xffff_ffff;

onEachBuild("The cluster's time", (test) => {
  test("whatever writes or reads a time is refused before 1970 and after 2106", (world) => {
    const recipient = world.member();
    const [open, request] = [world.open(), world.request(recipient)];
    world.post(open, fill(10, 1));
    for (const time of [-1, -0x8000_0000, LAST + 1, 2 ** 40]) {
      world.setTime(time);
      for (const instruction of [openInbox(world.chat()), openRequest(world.chat(), recipient), post(open, 1, fill(10, 2)), close(open, 1), close(request, 0)]) {
        world.refuses("InvalidClock", instruction);
      }
    }
  });

  test("without a clock there is no time, not even 1970", (world) => {
    const chat = world.open();
    const [posting, closing] = [post(chat, 0, fill(10, 1)), close(world.open(), 0)];
    expect(world.withoutClock().send([posting]).error).to.equal("InvalidClock");
    expect(world.withoutClock().send([closing]).error).to.equal("InvalidClock");
    for (const instruction of [posting, closing]) world.does(instruction);
  });

  test("an inbox is opened and posted to from the first second of 1970 to the last one that there is", (world) => {
    const recipient = world.member();
    for (const time of [0, 1, LAST - 1, LAST]) {
      world.setTime(time);
      const [open, request] = [world.open(), world.request(recipient)];
      for (const chat of [open, request]) {
        world.post(chat, fill(10, 1));
        expect(world.inbox(chat)).to.deep.include({ openedTime: time, lastTime: time });
      }
    }
  });
});
