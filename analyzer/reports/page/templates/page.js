(() => {
  const make = (tag, text, look) => Object.assign(document.createElement(tag), { textContent: text, className: look || "" });
  const said = make("p", "", "hidden");
  said.setAttribute("role", "status");
  document.querySelector("main").append(said);

  for (const pre of document.querySelectorAll("pre")) {
    const button = make("button", "Copy", "button");
    button.type = "button";
    button.addEventListener("click", async () => {
      try {
        await navigator.clipboard.writeText(pre.textContent);
        said.textContent = button.textContent = "Copied";
      } catch {
        const all = document.createRange();
        all.selectNodeContents(pre);
        getSelection().removeAllRanges();
        getSelection().addRange(all);
        said.textContent = button.textContent = "Selected: copy it now";
      }
    });
    pre.parentElement.prepend(button);
  }

  const section = document.getElementById("writes");
  const rows = section ? [...section.querySelectorAll("tbody tr")] : [];
  if (rows.length > 20) {
    const box = make("div", "", "filter");
    const count = make("span", `${rows.length} of ${rows.length}`, "small");
    count.setAttribute("role", "status");
    const text = Object.assign(make("input"), { type: "search" });
    const verdict = make("select");
    const verdicts = [...new Set(rows.map((row) => row.cells[0].textContent))];
    verdict.append(...["all", ...verdicts].map((name) => make("option", name)));
    const words = new Map(rows.map((row) => [row, row.textContent.toLowerCase()]));
    const apply = () => {
      let shown = 0;
      for (const row of rows) {
        const fits = words.get(row).includes(text.value.toLowerCase()) && ["all", row.cells[0].textContent].includes(verdict.value);
        row.hidden = !fits;
        shown += fits;
      }
      count.textContent = `${shown} of ${rows.length}`;
    };
    for (const [name, field] of [["Text", text], ["Verdict", verdict]]) {
      const label = make("label", `${name} `);
      label.append(field);
      field.addEventListener("input", apply);
      box.append(label);
    }
    box.append(count);
    section.querySelector("table").before(box);
  }

  const folded = [...document.querySelectorAll("details")];
  if (folded.length > 1) {
    const button = make("button", "Open all", "button all");
    button.type = "button";
    button.addEventListener("click", () => {
      const open = button.textContent === "Open all";
      for (const part of folded) part.open = open;
      button.textContent = open ? "Close all" : "Open all";
    });
    document.querySelector("footer").prepend(button);
  }

  const reveal = () => {
    const target = location.hash.length > 1 && document.getElementById(location.hash.slice(1));
    for (let part = target; part; part = part.parentElement) if (part.tagName === "DETAILS") part.open = true;
    if (target) target.scrollIntoView();
  };
  addEventListener("hashchange", reveal);
  reveal();

  // On paper everything is unfolded, but for long lists.
  addEventListener("beforeprint", () => {
    for (const part of folded) if (part.querySelectorAll("li, dt").length <= 60) part.open = true;
  });
})();
