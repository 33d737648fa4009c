(() => {
  const here = () => document.getElementById(location.hash.slice(1));
  const reveal = (target) => {
    for (let part = target; part; part = part.parentElement) if (part.tagName === "DETAILS") part.open = true;
    target?.scrollIntoView();
  };
  const all = (what) => [...document.querySelectorAll(what)];
  for (const chart of all(".scroll")) chart.scrollLeft = chart.scrollWidth;
  reveal(here());
  const [table] = all(".deploys");
  if (!table) return;

  // All rows into one table; of each what the filter looks for.
  const rows = all("#deploys tbody tr");
  for (const old of all(".folds, .none")) old.remove();
  table.hidden = false;
  const { compare } = new Intl.Collator("en", { numeric: true });
  const said = new Map();
  for (const row of rows) {
    const { s, k } = row.dataset;
    const [cause, sst] = [4, 5].map((at) => row.cells[at].textContent.replace(/ \+\d+$/, ""));
    said.set(row, { q: `${row.textContent} ${k}`.toLowerCase(), cause, sst, state: s });
  }

  // The filter, the order and whether all are shown: what is not as usual is kept behind the `#`.
  const [box] = all(".filter");
  const [[count], [more], [title]] = [".count", ".more", "#h-deploys"].map(all);
  const fields = Object.fromEntries(all(".filter [name]").map((field) => [field.name, field]));
  const usual = { q: "", cause: "", sst: "", state: fields.state.value, sort: "0", all: "" };
  const now = { ...usual };
  const first = title.textContent;
  box.hidden = false;
  for (const name in fields) fields[name].oninput = () => change({ [name]: fields[name].value, all: "" });
  more.onclick = () => change({ all: "1" });
  const heads = [...table.tHead.rows[0].cells];
  heads.forEach((head, at) => {
    const button = Object.assign(document.createElement("button"), { textContent: head.textContent, type: "button" });
    button.onclick = () => change({ sort: now.sort === `${at}` ? `-${at}` : `${at}` });
    head.replaceChildren(button);
  });

  let done;
  const arrange = () => {
    const at = Math.abs((done = now.sort));
    const way = done[0] === "-" ? -1 : 1;
    const key = ({ cells }) => cells[at].dataset.n || cells[at].textContent;
    rows.sort((a, b) => way * compare(key(a), key(b)));
    table.tBodies[0].append(...rows);
    heads.forEach((head, n) => head.setAttribute("aria-sort", n !== at ? "none" : way > 0 ? "ascending" : "descending"));
  };
  const show = () => {
    if (done !== now.sort) arrange();
    let fit = 0;
    for (const row of rows) {
      const of = said.get(row);
      const fits = of.q.includes(now.q.trim().toLowerCase()) && (!now.state || now.state.includes(of.state)) && ["cause", "sst"].every((name) => !now[name] || now[name] === of[name]);
      fit += fits;
      row.hidden = !fits || (fit > 25 && !now.all);
    }
    more.hidden = fit <= 25 || now.all;
    more.textContent = `Show all ${fit}`;
    count.textContent = `${fit.toLocaleString("en")} of ${rows.length.toLocaleString("en")} deploys${more.hidden ? "" : ", the first 25 shown"}`;
    title.textContent = now.state === usual.state && now.sort === "0" ? first : "Deploys with a lost write, or in doubt";
  };
  const change = (to) => {
    Object.assign(now, to);
    show();
    history.replaceState(null, "", `#${new URLSearchParams(Object.entries(now).filter(([name, value]) => value !== usual[name]))}`);
  };
  const recall = () => {
    if (here()) return reveal(here());
    const kept = new URLSearchParams(location.hash.slice(1));
    for (const name in usual) now[name] = kept.get(name) ?? usual[name];
    if (!/^-?[0-6]$/.test(now.sort)) now.sort = "0";
    for (const name in fields) {
      fields[name].value = now[name];
      if (fields[name].value !== now[name]) fields[name].value = now[name] = usual[name];
    }
    show();
  };
  show();
  recall();
  addEventListener("hashchange", recall);
})();
