// A page in Chromium that is driven by lines of JSON: `{"goto": url}`, `{"run": argument}` (calls `window.run`),
// `{"text": selector}`, `{"click": selector}`, `{"fill": [selector, text]}`, `{"wait": [selector, text]}`, `{"shot": file}`.
// A line of JSON out for each. The first argument of the program is JSON: `{"executable", "proxy"}`.
"use strict";
const readline = require("node:readline");
const { chromium } = require("playwright-core");

const settings = JSON.parse(process.argv[2]);

async function perform(page, command) {
  const [name, argument] = Object.entries(command)[0];
  switch (name) {
    case "goto":
      await page.goto(argument, { waitUntil: "load" });
      return null;
    case "run":
      return page.evaluate((call) => window.run(call), argument);
    case "text":
      return page.locator(argument).allInnerTexts();
    case "click":
      await page.locator(argument).first().click();
      return null;
    case "fill":
      await page.locator(argument[0]).fill(argument[1]);
      return null;
    case "wait":
      await page.locator(argument[0]).filter({ hasText: argument[1] }).first().waitFor({ timeout: 20_000 });
      return null;
    case "count":
      return page.locator(argument).count();
    case "clipboard":
      return page.evaluate(() => navigator.clipboard.readText());
    case "shot":
      await page.screenshot({ path: argument });
      return null;
    default:
      throw new Error(`no such command: ${name}`);
  }
}

(async () => {
  const browser = await chromium.launch({
    executablePath: settings.executable,
    proxy: settings.proxy ? { server: settings.proxy, bypass: "localhost,127.0.0.1" } : undefined,
    args: [
      "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
      "--disable-background-networking", "--disable-component-update", "--disable-sync",
    ],
  });
  const context = await browser.newContext({
    // The emulator's certificate authority is made anew at each start.
    ignoreHTTPSErrors: true,
    viewport: { width: 1280, height: 800 },
    permissions: ["clipboard-read", "clipboard-write"],
  });
  const page = await context.newPage();
  const said = [];
  page.on("console", (message) => said.push(message.text()));
  page.on("pageerror", (error) => said.push(`uncaught: ${error.message}`));
  for await (const line of readline.createInterface({ input: process.stdin })) {
    let answer;
    try {
      const command = JSON.parse(line);
      answer = { ok: "said" in command ? said.splice(0) : ((await perform(page, command)) ?? null) };
    } catch (error) {
      answer = { error: error.message };
    }
    process.stdout.write(`${JSON.stringify(answer)}\n`);
  }
  await browser.close();
})();
