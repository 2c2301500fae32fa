import { defineConfig } from "vite";

export default defineConfig({
  base: "/inbox/",
  publicDir: "public",
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  build: {
    target: "es2022",
    // Emptied by hand in scripts/compress.mjs: dist/.keep must survive, so that Go can embed the folder without Node.
    emptyOutDir: false,
    sourcemap: false,
    // The polyfill fetches; every browser that we support preloads modules by itself.
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    reportCompressedSize: false,
  },
  css: { modules: { generateScopedName: "[name]-[local]-[hash:base64:4]" } },
});
