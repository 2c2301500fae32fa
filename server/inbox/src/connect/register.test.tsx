import { render } from "preact";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { setLanguage } from "../i18n";
import { route } from "../router";
import { registrationOpen } from "../state/registration";
import { session } from "../state/session";
import { Register } from "./register";

const plugin =
  "?name=Woo&return_url=https%3A%2F%2Fmarl.example%2F&shop_name=Marl&shop_origin=https://marl.example";
const me = {
  agent: { id: "agt_1", name: "Ada", role: "owner" },
  merchant: { id: "m", name: "Marl" },
  shops: [{ id: "shop_a", name: "Marl", origins: [], settings: {} }],
};

let root: HTMLElement;
let state: () => Response;
let made: () => Response;
const posted = vi.fn();

beforeEach(async () => {
  await setLanguage("en");
  session.value = { state: "out" };
  registrationOpen.value = undefined;
  posted.mockClear();
  state = () => Response.json({ open: true });
  made = () => Response.json(me, { status: 201 });
  vi.spyOn(globalThis, "fetch").mockImplementation(async (_at, init) => {
    if (init?.method !== "POST") return state();
    posted(JSON.parse(String(init.body)));
    return made();
  });
  root = document.createElement("div");
  document.body.append(root);
});
afterEach(() => {
  render(null, root);
  root.remove();
  session.value = { state: "starting" };
  history.replaceState({}, "", "/inbox/");
});

const shown = async (text: string) => vi.waitFor(() => expect(root.textContent).toContain(text));
const field = (name: string) => {
  const label = [...root.querySelectorAll("label")].find((one) => one.textContent === name);
  return document.getElementById(label?.htmlFor ?? "") as HTMLInputElement;
};
function fill(name: string, value: string) {
  field(name).value = value;
  field(name).dispatchEvent(new Event("input", { bubbles: true }));
}
async function fillAll() {
  fill("Your name", "Ada");
  fill("E-mail", "ada@marl.example ");
  fill("Password", "a short sentence");
  fill("Company", "Marl");
  fill("Address of the shop", "marl.example/shop");
  await new Promise((resolve) => setTimeout(resolve));
  root.querySelector<HTMLButtonElement>("button[type=submit]")?.click();
}

describe("registering", () => {
  test("makes the account and goes on to the new shop", async () => {
    render(<Register search="" />, root);
    await shown("Make your account");
    await vi.waitFor(() => expect(field("Your name")).not.toBeNull());
    await fillAll();
    await vi.waitFor(() => expect(session.value.state).toBe("in"));
    expect(posted).toHaveBeenCalledWith(
      expect.objectContaining({
        merchant: "Marl",
        name: "Ada",
        email: "ada@marl.example",
        language: "en",
        shop: expect.objectContaining({ name: "Marl", origins: ["https://marl.example"], currency: "EUR" }),
      }),
    );
    expect(route.value).toEqual({ page: "settings", section: "shops", id: "shop_a", tab: "install" });
  });

  test("goes on to connect the plugin that led here, with its request whole", async () => {
    render(<Register search={plugin} />, root);
    await shown("Then you can connect Woo to it.");
    expect(field("Name of the shop").value).toBe("Marl");
    expect(field("Address of the shop").value).toBe("https://marl.example");
    await fillAll();
    await vi.waitFor(() => expect(route.value).toEqual({ page: "connect", search: plugin }));
  });

  test("says that the address is taken", async () => {
    made = () => Response.json({ code: "conflict" }, { status: 409 });
    render(<Register search="" />, root);
    await vi.waitFor(() => expect(field("Your name")).not.toBeNull());
    await fillAll();
    await shown("There is an account with this e-mail already.");
    expect(session.value.state).toBe("out");
  });

  test.each([
    ["closed", () => Response.json({ open: false })],
    ["absent", () => Response.json({ code: "not_found" }, { status: 404 })],
  ])("is not offered where it is %s", async (_what, answer) => {
    state = answer;
    render(<Register search={plugin} />, root);
    await shown("Accounts are made by invitation here");
    expect(root.querySelector("form")).toBeNull();
    expect(root.querySelector("a")?.getAttribute("href")).toBe(`/inbox/connect${plugin}`);
  });
});
