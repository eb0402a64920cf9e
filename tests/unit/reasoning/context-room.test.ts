import { describe, expect, test } from "vitest";
import { createContextRoom } from "../../../src/reasoning/context-room.ts";

describe("the room left in a context", () => {
  test("is endless where the context is unknown", () => {
    expect(createContextRoom(undefined).after(1e9)).toBe(Infinity);
  });
  test("is guessed on the safe side before anything is known, and follows the model's own count afterwards", () => {
    const room = createContextRoom(512);
    expect(room.after(200)).toBeLessThan(512 - 99);
    room.learn(200, 52);
    expect(room.after(200)).toBeGreaterThan(450);
    expect(room.after(1700)).toBeGreaterThan(0);
    expect(room.after(2100)).toBeLessThan(0);
  });
});
