import { describe, expect, test } from "vitest";
import { createContextRoom } from "../../../src/reasoning/context-room.ts";

describe("the room left in a context", () => {
  test("is endless where the context is unknown", () => {
    expect(createContextRoom(undefined).after(1e9)).toBe(Infinity);
  });

  test("is a guess before anything is known", () => {
    expect(createContextRoom(512).after(167)).toBe(345);
    expect(createContextRoom(512).after(500)).toBe(128);
    expect(createContextRoom(512).after(900)).toBe(62);
  });

  test("follows the model's own count, and takes no new character for less than a token", () => {
    const room = createContextRoom(512);
    room.learn(500, 143);
    expect(room.after(200)).toBe(368);
    expect(room.after(510)).toBe(358);
    room.learn(200, 52);
    expect(room.after(510)).toBe(358);
  });
});
