import { describe, expect, it } from "vitest";
import { ModelError } from "../../../src/models/model-error.ts";
import { addressesOf } from "../../../src/models/endpoint/addresses.ts";

function thrownBy(work: () => unknown): ModelError {
  try {
    work();
  } catch (error) {
    if (error instanceof ModelError) return error;
  }
  throw new Error("no ModelError was thrown");
}

describe("the address of an endpoint", () => {
  it.each([
    ["https://gpu.example:8000", "https://gpu.example:8000/v1/completions"],
    ["https://gpu.example:8000/", "https://gpu.example:8000/v1/completions"],
    [" https://gpu.example/v1 ", "https://gpu.example/v1/completions"],
    ["https://gpu.example/v1/", "https://gpu.example/v1/completions"],
    ["https://gpu.example/team/a/v1//", "https://gpu.example/team/a/v1/completions"],
    ["https://gpu.example/v1/chat/completions", "https://gpu.example/v1/completions"],
    ["https://gpu.example/v1/models", "https://gpu.example/v1/completions"],
    ["localhost:8000", "http://localhost:8000/v1/completions"],
    ["gpu.example/api", "https://gpu.example/api/v1/completions"],
    ["/base", "/base/v1/completions"],
    ["/base/v1/", "/base/v1/completions"],
    ["/", "/v1/completions"],
  ])("may be typed as %s", (typed, address) => {
    expect(addressesOf(typed, "https://page.test").at("/v1/completions")).toBe(address);
  });

  it("knows the page's own origin, as a path and in full", () => {
    expect(addressesOf("/base", "https://page.test").sameOrigin).toBe(true);
    expect(addressesOf("https://page.test/base", "https://page.test").sameOrigin).toBe(true);
    expect(addressesOf("https://page.test:8443/base", "https://page.test").sameOrigin).toBe(false);
    expect(addressesOf("//page.test/base", "https://page.test").sameOrigin).toBe(true);
  });

  it.each(["", "http://", "ftp://gpu.example", "https://me:sesame@gpu.example", "https://gpu.example/?key=sesame", "https://gpu.example/#sesame"])(
    "is refused with a sentence that repeats no secret: %s",
    (typed) => {
      const error = thrownBy(() => addressesOf(typed, "https://page.test"));
      expect(error.kind).toBe("wrong-path");
      expect(error.message).not.toContain("sesame");
    },
  );
});
