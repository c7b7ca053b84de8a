// Asks the search of a built site, with the theme's own worker: node ask_search.js SITE '["question", …]'
// prints for each question the pages found, best first, as JSON.
const fs = require("fs");
const path = require("path");
const vm = require("vm");

const [site, questions] = [process.argv[2], JSON.parse(process.argv[3])];
const workers = path.join(site, "assets", "javascripts", "workers");
const index = JSON.parse(fs.readFileSync(path.join(site, "search", "search_index.json")));
let answer = null;
const listeners = {};
Object.assign(globalThis, {
  self: globalThis,
  window: globalThis,
  location: { pathname: "/", href: "http://localhost/" },
  importScripts: () => {},
  addEventListener: (kind, listener) => { listeners[kind] = listener; },
  postMessage: (message) => { answer = message; },
});
const name = fs.readdirSync(workers).find((file) => /^search.*\.js$/.test(file));
vm.runInThisContext(fs.readFileSync(path.join(workers, name), "utf8"));

const SETUP = 0, QUERY = 2; // kinds of message, of the theme
async function ask(type, data) {
  answer = null;
  await (listeners.message || globalThis.onmessage)({ data: { type, data } });
  while (answer === null) await new Promise((resolve) => setTimeout(resolve, 10));
  return answer.data;
}

(async () => {
  await ask(SETUP, { config: index.config, docs: index.docs, options: { suggest: true } });
  const found = {};
  for (const question of questions) {
    const { items } = await ask(QUERY, question);
    found[question] = items.map((sections) => sections[0].location.split("#")[0]);
  }
  process.stdout.write(JSON.stringify(found));
})();
