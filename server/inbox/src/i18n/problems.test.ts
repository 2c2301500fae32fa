import { beforeAll, expect, test } from "vitest";
import { ApiError } from "../api/client";
import { setLanguage } from "./index";
import { failureText } from "./problems";

beforeAll(() => setLanguage("en"));

test("says why nothing may be sent there", () => {
  const error = new ApiError(409, { code: "cannot_send", fields: [{ path: "to", message: "stopped" }] });
  expect(failureText(error)).toBe("It can’t be sent there now. They wrote STOP.");
});

test("gives the provider's words beside ours", () => {
  const error = new ApiError(409, {
    code: "provider_refused",
    fields: [{ path: "token", message: "Session has expired" }],
  });
  expect(failureText(error)).toContain("The access token is not valid any more. Session has expired");
});

test("is a sentence for whatever comes", () => {
  expect(failureText(new TypeError("x"))).toBe("Something went wrong.");
  expect(failureText(new ApiError(409, { code: "cannot_send" }))).toBe("It can’t be sent there now.");
});
