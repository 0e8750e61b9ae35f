// Builds ../static_dist: styles, the enhancement script, fonts, images and the self-hosted API browser,
// each under a name that carries the hash of its content, and manifest.json (logical name -> file name).
// Nothing is fetched at run time: every page lives under a policy that allows this server alone.
import { createHash } from "node:crypto";
import { mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { basename, dirname, extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";
import * as sass from "sass";

const here = dirname(fileURLToPath(import.meta.url));
const out = join(here, "..", "static_dist");
const modules = join(here, "node_modules");
const manifest = {};

/** The @font-face rules of the family, one for each weight and script, from the package's own ranges. */
async function fontFaces(weights) {
  const family = join(modules, "@fontsource", "be-vietnam-pro");
  const ranges = JSON.parse(await readFile(join(family, "unicode.json"), "utf8"));
  return weights
    .flatMap((weight) =>
      Object.entries(ranges).map(([script, range]) => {
        const file = join(family, "files", `be-vietnam-pro-${script}-${weight}-normal.woff2`);
        return `@font-face{font-family:"Be Vietnam Pro";font-weight:${weight};font-style:normal;font-display:swap;src:url("${file}") format("woff2");unicode-range:${range}}`;
      }),
    )
    .join("\n");
}

async function styles() {
  const compiled = sass.compile(join(here, "app.scss"), {
    importers: [new sass.NodePackageImporter(here)],
    charset: false,
    quietDeps: true,
  });
  const contents = `${await fontFaces([400, 600])}\n${compiled.css}`;
  return bundle({ stdin: { contents, loader: "css", resolveDir: here, sourcefile: "app.css" } }, "app.css");
}

/** Bundles with esbuild and notes every file written in the manifest. */
async function bundle(input, logical) {
  const result = await esbuild.build({
    ...input,
    bundle: true,
    minify: true,
    format: "esm",
    target: ["es2022", "chrome109", "firefox115", "safari16"],
    loader: { ".woff2": "file", ".svg": "file" },
    assetNames: "[name]-[hash]",
    outfile: join(out, logical),
    write: false,
    legalComments: "eof",
    logLevel: "warning",
  });
  for (const file of result.outputFiles) {
    if (file.path === join(out, logical)) await keep(logical, file.contents);
    else await writeFile(file.path, file.contents); // a font or image, named by its hash already
  }
}

/** Writes one file under its hashed name. */
async function keep(logical, contents) {
  const hash = createHash("sha256").update(contents).digest("hex").slice(0, 10);
  const extension = extname(logical);
  manifest[logical] = `${basename(logical, extension)}-${hash}${extension}`;
  await writeFile(join(out, manifest[logical]), contents);
}

const copied = async (folder, names) => {
  for (const name of names) await keep(name, await readFile(join(folder, name)));
};

await rm(out, { recursive: true, force: true });
await mkdir(out, { recursive: true });
await styles();
await bundle({ entryPoints: [join(here, "app.js")] }, "app.js");
await copied(join(here, "images"), (await readdir(join(here, "images"))).sort());
await copied(here, ["swagger-init.js"]);
await copied(join(modules, "swagger-ui-dist"), ["swagger-ui.css", "swagger-ui-bundle.js"]);
await writeFile(join(out, "manifest.json"), `${JSON.stringify(manifest, null, 2)}\n`);
console.log(`${Object.keys(manifest).length} files, manifest.json written`);
