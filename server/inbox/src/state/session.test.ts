import { afterEach, describe, expect, test, vi } from "vitest";
import { ApiError, api } from "../api/client";
import type { Me } from "../api/types";
import { changeDraft, draftOf, forgetDrafts } from "./drafts";
import { session, signIn, startSession } from "./session";

const me = {
  agent: { id: "agt_1", name: "Mara", role: "agent" },
  merchant: { id: "mer_1", name: "M" },
  shops: [],
} as unknown as Me;
const refused = (status: number, code: string) =>
  new Response(JSON.stringify({ status, code, message: "no", request_id: "req_1" }), {
    status,
    headers: { "Content-Type": "application/problem+json" },
  });

afterEach(() => {
  session.value = { state: "starting" };
  localStorage.clear();
});

describe("the session", () => {
  test("is out when the server says so, unreachable when it says nothing", async () => {
    vi.spyOn(globalThis, "fetch").mockResolvedValue(refused(401, "unauthenticated"));
    await startSession();
    expect(session.value).toEqual({ state: "out" });
    vi.spyOn(globalThis, "fetch").mockRejectedValue(new TypeError("offline"));
    await startSession();
    expect(session.value).toEqual({ state: "unreachable" });
  });

  test("ends under the agent's hands without taking the screen or the draft away", async () => {
    session.value = { state: "in", me, expired: false };
    changeDraft("cnv_1", { reply: "half a reply" });
    vi.spyOn(globalThis, "fetch").mockResolvedValue(refused(401, "unauthenticated"));
    await expect(api.get("/v1/agents")).rejects.toBeInstanceOf(ApiError);
    expect(session.value).toMatchObject({ state: "in", expired: true });
    expect(draftOf("cnv_1").reply).toBe("half a reply");

    vi.spyOn(globalThis, "fetch").mockResolvedValue(Response.json(me));
    await signIn("mara@marl.example", "a good password");
    expect(session.value).toMatchObject({ state: "in", expired: false });
    expect(draftOf("cnv_1").reply).toBe("half a reply");
  });

  test("is not ended by a wrong password in a form", async () => {
    session.value = { state: "in", me, expired: false };
    vi.spyOn(globalThis, "fetch").mockResolvedValue(refused(401, "bad_credentials"));
    await expect(signIn("mara@marl.example", "wrong")).rejects.toMatchObject({ code: "bad_credentials" });
    expect(session.value).toMatchObject({ expired: false });
  });
});

describe("drafts", () => {
  test("a reply and a note are two texts, and survive a reload", () => {
    session.value = { state: "in", me, expired: false };
    changeDraft("cnv_2", { reply: "to the shopper" });
    changeDraft("cnv_2", { mode: "note", note: "to the team" });
    const stored = JSON.parse(localStorage.getItem("tagalong.draft.agt_1.cnv_2") ?? "{}");
    expect(stored).toEqual({ mode: "note", reply: "to the shopper", note: "to the team", back: false });
  });

  test("leave nothing behind when they are empty", () => {
    session.value = { state: "in", me, expired: false };
    changeDraft("cnv_3", { reply: "x" });
    changeDraft("cnv_3", { reply: "" });
    expect(localStorage.getItem("tagalong.draft.agt_1.cnv_3")).toBeNull();
  });

  test("do not stay on a computer that the agent signs out of", () => {
    session.value = { state: "in", me, expired: false };
    changeDraft("cnv_4", { note: "about a shopper" });
    localStorage.setItem("tagalong.draft.agt_2.cnv_4", "a colleague's");
    forgetDrafts();
    expect(Object.keys(localStorage)).toEqual(["tagalong.draft.agt_2.cnv_4"]);
    expect(draftOf("cnv_4").note).toBe("");
  });
});
