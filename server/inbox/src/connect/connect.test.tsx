import { render } from "preact";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { setLanguage } from "../i18n";
import { session } from "../state/session";
import { Connect } from "./connect";

const search =
  "?name=Woo&return_url=https%3A%2F%2Fmarl.example%2Fback&state=s1&code_challenge=x&code_challenge_method=S256" +
  "&scopes=context:write&identity=1&shop_origin=https://marl.example&shop_name=Marl";
const shop = (id: string, site: string) => ({ id, name: id, origins: [site], settings: {} });

let root: HTMLElement;
let answers: Record<string, (body: unknown) => Response>;
const asked = vi.fn();
const go = vi.fn();

function signedIn(role: string) {
  session.value = {
    state: "in",
    expired: false,
    me: {
      agent: { id: "agt_1", name: "Ada", email: "ada@marl.example", role },
      merchant: { id: "m", name: "Marl" },
      shops: [shop("shop_a", "https://marl.example"), shop("shop_b", "https://other.example")],
    } as never,
  };
}

beforeEach(async () => {
  await setLanguage("en");
  signedIn("owner");
  asked.mockClear();
  go.mockClear();
  answers = {
    "/v1/connect/check": () => Response.json({ return_origin: "https://marl.example", shops: ["shop_a"] }),
    "/v1/connect/grants": () =>
      Response.json({ redirect_url: "https://marl.example/back?code=c1&state=s1" }, { status: 201 }),
  };
  vi.spyOn(globalThis, "fetch").mockImplementation(async (input, init) => {
    const body = JSON.parse(String(init?.body ?? "null"));
    asked(String(input), body);
    return answers[String(input)]?.(body) ?? new Response(null, { status: 404 });
  });
  root = document.createElement("div");
  document.body.append(root);
});
afterEach(() => {
  render(null, root);
  root.remove();
  session.value = { state: "starting" };
});

const shown = async (text: string) => vi.waitFor(() => expect(root.textContent).toContain(text));
const button = (name: string) =>
  [...root.querySelectorAll("button")].find((one) => (one.textContent ?? "").trim() === name);
const bodyOf = (path: string) => asked.mock.calls.find(([one]) => one === path)?.[1];
async function open() {
  render(<Connect search={search} go={go} />, root);
  await vi.waitFor(() => expect(root.querySelector("form, .skeleton, a, button")).not.toBeNull());
}

describe("the consent page", () => {
  test("chooses the shop at the plugin's site, says what is asked for, and goes back with the code", async () => {
    await open();
    await shown("Which shop?");
    expect(root.textContent).toContain("Send orders, carts and products");
    expect(root.textContent).toContain("Say who a shopper is");
    expect(root.textContent).not.toContain("is none of this shop");
    button("Connect")?.click();
    await vi.waitFor(() => expect(go).toHaveBeenCalledWith("https://marl.example/back?code=c1&state=s1"));
    expect(bodyOf("/v1/connect/grants")).toMatchObject({
      shop: "shop_a",
      request: { name: "Woo", return_url: "https://marl.example/back", state: "s1", identity: true },
    });
  });

  test("warns where the code would go to none of the chosen shop's sites", async () => {
    await open();
    await shown("Which shop?");
    root.querySelectorAll<HTMLInputElement>("input[type=radio]")[1]?.click();
    await shown("marl.example is none of this shop’s sites");
  });

  test("makes a new shop with what the plugin suggests", async () => {
    await open();
    await shown("Which shop?");
    root.querySelectorAll<HTMLInputElement>("input[type=radio]")[2]?.click();
    await shown("Address of the shop");
    button("Connect")?.click();
    await vi.waitFor(() => expect(go).toHaveBeenCalled());
    const body = bodyOf("/v1/connect/grants");
    expect(body).toMatchObject({
      new_shop: { name: "Marl", origins: ["https://marl.example"], currency: "EUR" },
    });
    expect(body).not.toHaveProperty("shop");
  });

  test("never follows the server's answer to another place", async () => {
    answers["/v1/connect/grants"] = () =>
      Response.json({ redirect_url: "https://evil.example/?code=c1" }, { status: 201 });
    await open();
    await shown("Which shop?");
    button("Connect")?.click();
    await vi.waitFor(() => expect(root.querySelector("[role=alert]")).not.toBeNull());
    expect(go).not.toHaveBeenCalled();
  });

  test("goes back with a no", async () => {
    await open();
    await shown("Which shop?");
    button("Cancel")?.click();
    expect(go).toHaveBeenCalledWith("https://marl.example/back?error=access_denied&state=s1");
    expect(bodyOf("/v1/connect/grants")).toBeUndefined();
  });

  test("leads nowhere when the request is wrong, and says what for who made the plugin", async () => {
    answers["/v1/connect/check"] = () =>
      Response.json(
        { code: "bad_connect", fields: [{ path: "code_challenge", message: "must have 43 characters" }] },
        { status: 400 },
      );
    await open();
    await shown("This link is not right");
    expect(root.textContent).toContain("code_challenge: must have 43 characters");
    expect(button("Cancel")).toBeUndefined();
    expect([...root.querySelectorAll("a")].map((one) => one.getAttribute("href"))).toEqual(["/inbox/"]);
  });

  test("lets a server that does not answer be asked again", async () => {
    const good = answers["/v1/connect/check"];
    answers["/v1/connect/check"] = () => Response.json({ code: "internal" }, { status: 503 });
    await open();
    await shown("could not be looked at");
    if (good) answers["/v1/connect/check"] = good;
    button("Try again")?.click();
    await shown("Which shop?");
  });

  test("tells an agent who can do it, and lets them go back", async () => {
    signedIn("agent");
    await open();
    await shown("Only an owner or admin");
    expect(button("Connect")).toBeUndefined();
    button("Go back")?.click();
    expect(go).toHaveBeenCalledWith("https://marl.example/back?error=access_denied&state=s1");
  });

  test("shows why a grant was refused and stays", async () => {
    answers["/v1/connect/grants"] = () => Response.json({ code: "forbidden" }, { status: 403 });
    await open();
    await shown("Which shop?");
    button("Connect")?.click();
    await shown("You may not do that.");
    expect(go).not.toHaveBeenCalled();
    expect(button("Connect")?.disabled).toBe(false);
  });
});
