import { render } from "preact";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { setLanguage } from "../i18n";
import { matches, Picker } from "./picker";

describe("matches", () => {
  const option = { id: "1", label: "Zoë Müller-Lüdenscheidt", words: "zoe@marl.example #1042" };
  test.each([
    ["", true],
    ["zoe", true],
    ["mull", true],
    ["lud zo", true],
    ["1042", true],
    ["#1042", true],
    ["marl", true],
    ["uller", false],
    ["zoe bob", false],
  ])("%s: %s", (query, expected) => {
    expect(matches(option, query)).toBe(expected);
  });
});

describe("the picker", () => {
  const options = ["Amira", "Jonas", "Mara"].map((label) => ({ id: label.toLowerCase(), label }));
  const onPick = vi.fn();
  const rendered = () => new Promise((resolve) => setTimeout(resolve));
  let root: HTMLElement;
  const input = () => root.querySelector("input") as HTMLInputElement;
  const press = async (key: string, more: KeyboardEventInit = {}) => {
    input().dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...more }));
    await rendered();
  };
  const active = () =>
    document.getElementById(input().getAttribute("aria-activedescendant") ?? "")?.textContent;

  beforeEach(async () => {
    await setLanguage("en");
    onPick.mockClear();
    root = document.createElement("div");
    document.body.append(root);
    render(
      <Picker
        label="Agent"
        placeholder=""
        empty="none"
        options={options}
        onPick={onPick}
        create={(text) => ({ id: text, label: `Create ${text}` })}
      />,
      root,
    );
    await rendered();
  });
  afterEach(() => {
    render(null, root);
    root.remove();
  });

  test("walks with arrows, round the ends, and picks with Enter", async () => {
    expect(active()).toBe("Amira");
    await press("ArrowUp");
    expect(active()).toBe("Mara");
    await press("ArrowDown");
    await press("ArrowDown");
    await press("Enter");
    expect(onPick).toHaveBeenCalledWith("jonas");
  });

  test("filters while typing and offers what is new", async () => {
    input().value = "ma";
    input().dispatchEvent(new Event("input", { bubbles: true }));
    await rendered();
    expect([...root.querySelectorAll("[role=option]")].map((one) => one.textContent)).toEqual([
      "Mara",
      "Create ma",
    ]);
  });

  test("leaves Enter to an input method", async () => {
    await press("Enter", { isComposing: true });
    expect(onPick).not.toHaveBeenCalled();
  });
});
