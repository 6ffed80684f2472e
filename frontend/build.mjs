// Builds what the browser and the reports need from npm packages:
//   node build.mjs VENDOR_FOLDER FONT_FOLDER [css|scripts|icons|fonts|licences ...]
// tools/assets.py decides what has to be built and calls this.
import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const source = resolve(here, "../src/zhike");
const packages = join(here, "node_modules");
const [vendor, fonts, ...wanted] = process.argv.slice(2);
const safelist = JSON.parse(readFileSync(join(here, "safelist.json"), "utf8"));

function* files(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      if (!["tests", "migrations", "vendor", "locale", "__pycache__"].includes(entry.name)) yield* files(path);
    } else yield path;
  }
}

// Files in which a CSS class or an icon may be named. Python counts only where it makes screens: elsewhere every other
// word ("table", "card", "row") would keep a rule alive.
function namesClasses(path) {
  const name = relative(source, path);
  if (name.endsWith(".html")) return true;
  if (name.endsWith(".js")) return name.includes("static/");
  return name.endsWith(".py") && /^(foundation\/(ui|records)|interfaces\/web)\/|(^|\/)web\/|\/records\.py$/.test(name);
}

const screens = [...files(source)].filter(namesClasses);

async function css() {
  const { PurgeCSS } = await import("purgecss");
  const esbuild = await import("esbuild");
  const own = [...files(source)].filter((path) => path.endsWith(".css"));
  const words = (text) => text.match(/[A-Za-z0-9_][\w.:/-]*\w|\w/g) ?? [];
  const [tabler] = await new PurgeCSS().purge({
    css: [join(packages, "@tabler/core/dist/css/tabler.css")],
    content: [
      ...screens,
      // A custom property that only our own style sheets read must survive too.
      ...own,
    ],
    extractors: [{ extensions: ["html", "py", "js", "css"], extractor: words }],
    safelist: {
      standard: [...safelist.classes, "html", "body", /^:/],
      greedy: safelist.patterns.map((pattern) => new RegExp(pattern)),
    },
    // Set at run time, by a person's choice or by the state of an element.
    dynamicAttributes: ["data-bs-theme", "aria-current", "aria-expanded", "aria-sort", "checked", "disabled", "hidden", "open", "readonly", "type"],
    keyframes: true,
    fontFace: true,
  });
  const declared = dropUnreadProperties(tabler.css, own.map((path) => readFileSync(path, "utf8")).join("\n"));
  const { code } = await esbuild.transform(declared, { loader: "css", minify: true, legalComments: "none" });
  writeFileSync(join(vendor, "tabler.css"), code);
}

// Tabler declares some thousand custom properties. One that no rule left in the sheet, no style sheet of ours, and no
// screen reads is dropped; dropping one can orphan another, so this repeats until nothing changes.
function dropUnreadProperties(sheet, own) {
  const outside = own + screens.map((path) => readFileSync(path, "utf8")).join("\n");
  for (;;) {
    const read = new Set([...(sheet + outside).matchAll(/var\(\s*(--[\w-]+)/g)].map((found) => found[1]));
    for (const found of outside.matchAll(/["'`](--[\w-]+)/g)) read.add(found[1]);
    const kept = sheet.replace(/(^|[{;])(\s*)(--[\w-]+)\s*:[^;{}]*(?:;|(?=\}))/gm, (all, before, space, name) =>
      read.has(name) ? all : before + space,
    );
    if (kept === sheet) return sheet;
    sheet = kept;
  }
}

async function scripts() {
  const esbuild = await import("esbuild");
  await esbuild.build({
    entryPoints: ["alpine-csp.js", "echarts.js", "sortable.js"].map((name) => join(here, name)),
    absWorkingDir: here,
    outdir: vendor,
    bundle: true,
    minify: true,
    format: "iife",
    target: "es2020",
    legalComments: "none",
    define: { "process.env.NODE_ENV": '"production"' },
    logLevel: "warning",
  });
}

// An icon is used where a template asks for it by {% icon "name" %}, a style sheet or script by #tabler-name, and where a
// declaration names it: any quoted word of Python that is the name of an icon counts, which costs a few spare symbols.
function icons() {
  const used = new Set(safelist.icons), quoted = new Set();
  for (const path of files(source)) {
    if (!/\.(py|html|js|css)$/.test(path)) continue;
    const text = readFileSync(path, "utf8");
    for (const found of text.matchAll(/#tabler-([a-z0-9-]+)/g)) used.add(found[1]);
    for (const found of text.matchAll(/\{% icon "([a-z0-9-]+)"/g)) used.add(found[1]);
    if (path.endsWith(".py")) for (const found of text.matchAll(/"([a-z0-9-]{3,40})"/g)) quoted.add(found[1]);
  }
  const sprite = readFileSync(join(packages, "@tabler/icons-sprite/dist/tabler-sprite.svg"), "utf8");
  const symbols = new Map();
  for (const [symbol, name] of sprite.matchAll(/<symbol id="tabler-([a-z0-9-]+)"[^]*?<\/symbol>/g)) symbols.set(name, symbol);
  for (const name of quoted) if (symbols.has(name)) used.add(name);
  const unknown = [...used].filter((name) => !symbols.has(name));
  if (unknown.length) throw new Error(`no such icon: ${unknown.join(", ")}`);
  const invisible = '<path stroke="none" d="M0 0h24v24H0z" fill="none" />';
  const kept = [...used].sort().map((name) => symbols.get(name).replace(invisible, ""));
  writeFileSync(join(vendor, "icons.svg"), `<svg xmlns="http://www.w3.org/2000/svg"><defs>${kept.join("")}</defs></svg>\n`);
}

function copyFonts() {
  const family = join(packages, "@expo-google-fonts/noto-sans-sc");
  mkdirSync(fonts, { recursive: true });
  cpSync(join(family, "400Regular/NotoSansSC_400Regular.ttf"), join(fonts, "NotoSansSC-Regular.ttf"));
  cpSync(join(family, "700Bold/NotoSansSC_700Bold.ttf"), join(fonts, "NotoSansSC-Bold.ttf"));
  cpSync(join(family, "LICENSE_FONT"), join(fonts, "OFL.txt"));
}

// What is passed on carries its licence.
function licences() {
  const passedOn = ["@alpinejs/csp", "@tabler/core", "@tabler/icons-sprite", "@vue/reactivity", "@vue/shared", "echarts", "sortablejs", "tslib", "zrender"];
  const texts = passedOn.map((name) => {
    const folder = join(packages, name);
    const { version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
    const file = readdirSync(folder).find((entry) => /^(licen[cs]e|copying)(\.|$)/i.test(entry));
    const text = file ? readFileSync(join(folder, file), "utf8").trim() : `Licence: ${license}`;
    return `${name} ${version} (${license})\n\n${text}\n`;
  });
  writeFileSync(join(vendor, "LICENSES.txt"), texts.join(`\n${"-".repeat(80)}\n\n`));
}

const steps = { css, scripts, icons, fonts: copyFonts, licences };
mkdirSync(vendor, { recursive: true });
for (const name of wanted) await steps[name]();
