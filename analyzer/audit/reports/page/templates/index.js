(() => {
  const make = (tag, text, look) => Object.assign(document.createElement(tag), { textContent: text || "", className: look || "" });
  for (const chart of document.querySelectorAll(".scroll")) chart.scrollLeft = chart.scrollWidth;

  const reveal = () => {
    const target = location.hash.length > 1 && document.getElementById(location.hash.slice(1));
    for (let part = target; part; part = part.parentElement) if (part.tagName === "DETAILS") part.open = true;
    if (target) target.scrollIntoView();
  };
  reveal();

  const table = document.querySelector("table.deploys");
  if (!table) return void addEventListener("hashchange", reveal);
  const section = document.getElementById("deploys");
  const rows = [...section.querySelectorAll("tbody tr")];
  table.tBodies[0].append(...rows);
  table.hidden = false;
  for (const old of section.querySelectorAll(".folds, .none")) old.remove();

  // The filter: what is typed is looked for in all that a row says, and in its keys.
  const said = new Map(rows.map((row) => [row, `${row.textContent} ${row.dataset.k}`.toLowerCase()]));
  const cause = (row) => row.cells[4].firstChild.parentNode.textContent.replace(/ \+\d+$/, "");
  const version = (row) => row.cells[5].textContent;
  const kinds = [["om", "open"], ["h", "healed"], ["d", "in doubt"]].filter(([kind]) => rows.some((row) => kind.includes(row.dataset.s)));
  if (rows.some((row) => row.dataset.s === "m")) kinds.splice(0, 1, ["om", "open or perhaps put right"], ["o", "open"], ["m", "perhaps put right"]);
  const choice = (all, names) => {
    const list = make("select");
    for (const [value, name] of [["", all], ...names]) list.append(new Option(name, value));
    return list;
  };
  const sorted = (of) => [...new Set(rows.map(of))].sort(order.compare).map((name) => [name, name]);
  const order = new Intl.Collator("en", { numeric: true });
  const fields = {
    q: Object.assign(make("input"), { type: "search" }),
    cause: choice("all causes", sorted(cause)),
    sst: choice("all versions", sorted(version)),
    state: choice("all states", kinds),
  };
  const usual = { q: "", cause: "", sst: "", state: kinds[0][0], sort: "0" };
  const count = make("span");
  count.setAttribute("role", "status");
  const box = make("div", "", "filter");
  const names = { q: "App, stage, key or route", cause: "Cause", sst: "SST version", state: "State" };
  for (const [name, field] of Object.entries(fields)) {
    const label = make("label", names[name]);
    label.append(field);
    field.addEventListener("input", () => apply(true));
    box.append(label);
  }
  box.append(count);
  table.before(box);

  // Sorting: a column's number, and `-` before it for the other way round.
  let sort = usual.sort;
  const heads = [...table.tHead.rows[0].cells];
  heads.forEach((head, at) => {
    const button = make("button", head.textContent, "sort");
    button.type = "button";
    button.addEventListener("click", () => {
      sort = sort === `${at}` ? `-${at}` : `${at}`;
      arrange();
      apply(true);
    });
    head.replaceChildren(button);
  });
  const arrange = () => {
    const at = Math.abs(sort);
    const way = sort[0] === "-" ? -1 : 1;
    const value = new Map(rows.map((row) => [row, row.cells[at].dataset.n || row.cells[at].textContent]));
    rows.sort((a, b) => way * order.compare(value.get(a), value.get(b)));
    table.tBodies[0].append(...rows);
    heads.forEach((head, n) => (n === at ? head.setAttribute("aria-sort", way > 0 ? "ascending" : "descending") : head.removeAttribute("aria-sort")));
  };

  const title = document.getElementById("h-deploys");
  const first = title.textContent;
  const apply = (keep) => {
    const text = fields.q.value.trim().toLowerCase();
    let shown = 0;
    for (const row of rows) {
      const fits =
        said.get(row).includes(text) &&
        (!fields.cause.value || fields.cause.value === cause(row)) &&
        (!fields.sst.value || fields.sst.value === version(row)) &&
        (!fields.state.value || fields.state.value.includes(row.dataset.s));
      row.hidden = !fits;
      shown += fits;
    }
    count.textContent = `${shown} of ${rows.length} shown`;
    title.textContent = fields.state.value === "om" && sort === "0" ? first : "Deploys that lost a write, or are in doubt";
    if (!keep) return;
    const kept = new URLSearchParams();
    for (const [name, field] of [...Object.entries(fields), ["sort", { value: sort }]]) if (field.value !== usual[name]) kept.set(name, field.value);
    history.replaceState(null, "", `#${kept}`);
  };
  const recall = () => {
    if (location.hash.length > 1 && !location.hash.includes("=")) return reveal();
    const kept = new URLSearchParams(location.hash.slice(1));
    for (const [name, field] of Object.entries(fields)) {
      field.value = kept.get(name) ?? usual[name];
      if (field.selectedIndex < 0) field.value = usual[name];
    }
    sort = /^-?[0-6]$/.test(kept.get("sort") ?? "") ? kept.get("sort") : usual.sort;
    arrange();
    apply(false);
  };
  for (const [name, field] of Object.entries(fields)) field.value = usual[name];
  arrange();
  apply(false);
  recall();
  addEventListener("hashchange", recall);
})();
