"use strict";
// Sorts, searches and explains. All text goes onto the page as text nodes, never as markup.
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  if (!data) return;
  const { texts: t, tiers, customers, attributes, facts, indicators, rows: PAGE, language } = data;
  const PRINTED = 1000;
  const SVG = document.querySelector("svg").namespaceURI;
  const find = (id) => document.getElementById(id);

  const fill = (node, attributes, children) => {
    for (const [name, value] of Object.entries(attributes)) {
      if (value !== null && value !== undefined) node.setAttribute(name, value);
    }
    node.append(...children.flat().filter((child) => child !== null && child !== undefined));
    return node;
  };
  const el = (tag, attributes = {}, ...children) => fill(document.createElement(tag), attributes, children);
  const svg = (tag, attributes = {}, ...children) => fill(document.createElementNS(SVG, tag), attributes, children);
  const name = (text) => el("bdi", {}, text);

  // Number formats take the decimal text itself, so no digit is lost on the way.
  const decimal = /^-?\d+(\.\d+)?$/;
  const format = (most, least = 0) =>
    new Intl.NumberFormat(language, { minimumFractionDigits: least, maximumFractionDigits: most });
  const [whole, one, four, money] = [format(0), format(1), format(4), format(2, 2)];
  const shown = (text, with_) => (decimal.test(text) ? with_.format(text) : text);
  const percent = (share, with_) => (decimal.test(share) ? with_.format(share + "e2") + "\u00a0%" : share);
  const or = (text, show) => (text === undefined || text === null ? t.unknown : show(text));
  const same = (text) => text;

  const place = new Map(tiers.map((tier, index) => [tier.code, index]));
  const label = (code) => (place.has(code) ? tiers[place.get(code)].label : code);
  const marks = [...document.querySelectorAll("#board .tier .mark")];
  const tierName = (code) => {
    const mark = marks[place.get(code)];
    return el("span", { class: "tier" }, mark ? mark.cloneNode(true) : null, name(label(code)));
  };
  const rank = { assessed: 0, prospect: tiers.length, not_assessable: tiers.length + 1 };
  const standing = { assessed: t.unknown, prospect: t.prospect_one, not_assessable: t.not_assessable };
  const group = (c) => (c.tier === undefined ? `:${c.standing}` : c.tier);

  const number = (text) => (decimal.test(text) ? Number(text) : null);
  const columns = [
    { text: (c) => c.name, cell: (c) => el("button", { type: "button", class: "link" }, name(c.name)) },
    { text: (c) => c.id, cell: (c) => name(c.id) },
    {
      key: (c) => (c.tier === undefined ? rank[c.standing] : place.get(c.tier) ?? null),
      cell: (c) => [
        c.tier === undefined ? standing[c.standing] : tierName(c.tier),
        c.override && c.override.valid ? el("small", {}, t.overridden) : null,
      ],
    },
    ...["composite", "value", "potential", "need"].map((field) => ({
      numeric: true, key: (c) => number(c[field]), cell: (c) => or(c[field], same),
    })),
    { numeric: true, key: (c) => number(c.completeness), cell: (c) => or(c.completeness, (share) => percent(share, one)) },
    { numeric: true, key: (c) => number(c.revenue), cell: (c) => or(c.revenue, (amount) => shown(amount, money)) },
    ...attributes.map((attribute, at) => attribute.numeric
      ? { numeric: true, key: (c) => number(c.attributes[at]), cell: (c) => or(c.attributes[at], same) }
      : { text: (c) => c.attributes[at], cell: (c) => or(c.attributes[at], name) }),
  ];

  // Ties keep the order of ids, whichever way a column is sorted; what is unknown comes last.
  const collator = new Intl.Collator(language, { numeric: true });
  const byId = customers.map((_, index) => index).sort((a, b) =>
    customers[a].id < customers[b].id ? -1 : customers[a].id > customers[b].id ? 1 : 0);
  const tie = new Array(customers.length);
  byId.forEach((customer, position) => { tie[customer] = position; });
  const sorted = (at, descending) => {
    const { key, text } = columns[at];
    const keys = customers.map((c) => (key ? key(c) : text(c)) ?? null);
    const compare = key ? (a, b) => a - b : collator.compare;
    return byId.slice().sort((a, b) => {
      if (keys[a] === null || keys[b] === null) return (keys[a] === null) - (keys[b] === null) || tie[a] - tie[b];
      const order = compare(keys[a], keys[b]);
      return (descending ? -order : order) || tie[a] - tie[b];
    });
  };

  // The kinds of classes and segments, with their titles.
  const segments = [[t.abc, "abc"], [t.rfm, "rfm"], [t.value_segments, "value_segment"]];
  const plain = (text) => text.normalize("NFKC").toLowerCase();
  const haystacks = customers.map((c) => plain(
    [c.name, c.id, c.tier === undefined ? standing[c.standing] : label(c.tier),
      ...segments.map(([, kind]) => (c[kind] && c[kind].label) ?? ""), ...c.attributes.map((a) => a ?? "")].join("\n")));

  const state = { column: 3, descending: true, order: [], matches: [], page: 0 };
  const body = find("rows");
  const heads = [...find("table").tHead.rows[0].cells];
  const revenue = heads[8].textContent;

  const row = (index) => {
    const c = customers[index];
    return el("tr", { "data-customer": index }, columns.map(({ numeric, cell }, at) =>
      el(at ? "td" : "th", { scope: at ? null : "row", class: numeric ? "number" : null }, cell(c))));
  };
  const show = (from, to) => {
    const part = state.matches.slice(from, to).map(row);
    body.replaceChildren(...(part.length ? part : [el("tr", {}, el("td", { colspan: columns.length }, t.nothing_found))]));
  };
  const previous = el("button", { type: "button" }, t.previous);
  const next = el("button", { type: "button" }, t.next);
  const position = el("span", { "aria-live": "polite" });
  const paint = () => {
    const pages = Math.max(1, Math.ceil(state.matches.length / PAGE));
    state.page = Math.min(Math.max(state.page, 0), pages - 1);
    show(state.page * PAGE, (state.page + 1) * PAGE);
    position.textContent = `${t.page} ${state.page + 1} ${t.of} ${pages}`;
    previous.disabled = state.page === 0;
    next.disabled = state.page === pages - 1;
    find("count").textContent = `${whole.format(state.matches.length)} ${t.of} ${whole.format(customers.length)}`;
  };
  const match = () => {
    const words = plain(find("search").value).split(/\s+/).filter(Boolean);
    const wanted = find("filter").value;
    state.matches = state.order.filter((index) =>
      (!wanted || group(customers[index]) === wanted) && words.every((word) => haystacks[index].includes(word)));
    state.page = 0;
    paint();
  };
  const sort = () => {
    state.order = sorted(state.column, state.descending);
    heads.forEach((head, at) => {
      head.setAttribute("aria-sort", at !== state.column ? "none" : state.descending ? "descending" : "ascending");
    });
    match();
  };
  heads.forEach((head, at) => {
    const title = head.textContent;
    const button = el("button", { type: "button", title: `${t.sort_by} ${title}` }, title);
    button.addEventListener("click", () => {
      state.descending = state.column === at ? !state.descending : Boolean(columns[at].numeric);
      state.column = at;
      sort();
    });
    head.replaceChildren(button);
  });
  previous.addEventListener("click", () => { state.page -= 1; paint(); });
  next.addEventListener("click", () => { state.page += 1; paint(); });
  find("pages").append(previous, position, next);
  find("filter").append(
    el("option", { value: "" }, t.all_tiers),
    tiers.map((tier) => el("option", { value: tier.code }, tier.label)),
    el("option", { value: ":prospect" }, t.prospect_one),
    el("option", { value: ":not_assessable" }, t.not_assessable));
  find("filter").addEventListener("change", match);
  let waiting = 0;
  find("search").addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(match, 120);
  });
  find("controls").addEventListener("submit", (event) => event.preventDefault());

  // The explanation of one customer.
  const panel = find("panel");
  const pairs = (entries, kind = "pairs") =>
    el("dl", { class: kind }, entries.map(([term, value]) => kind === "pairs"
      ? [el("dt", {}, term), el("dd", {}, value)]
      : el("div", {}, el("dt", {}, term), el("dd", {}, value))).flat());
  const section = (title, ...children) => [el("h3", {}, title), ...children];

  const override = (given) => [
    tierName(given.tier), " ", given.valid ? null : el("em", {}, `(${t.expired}) `),
    name(given.why), el("small", {}, t.by, " ", name(given.by), given.until ? [" · ", t.until, " ", name(given.until)] : null),
  ];
  // Hundredths as whole numbers: what is added up here is exact.
  const hundredths = (points) => {
    const parts = /^(-?)(\d+)(?:\.(\d{1,2}))?$/.exec(points);
    return parts ? Number(parts[1] + parts[2] + (parts[3] ?? "").padEnd(2, "0")) : 0;
  };
  const written = (total) => `${Math.floor(total / 100)}.${String(total % 100).padStart(2, "0")}`;
  const contributions = (c) => {
    let total = 0;
    const bars = [];
    const lines = c.contributions.map((part, at) => {
      const { label: title, dimension } = indicators[at] ?? { label: t.unknown, dimension: "value" };
      const points = hundredths(part.points);
      if (points > 0) {
        bars.push(svg("rect", { class: dimension, x: total, y: 800, width: points, height: 1800 },
          svg("title", {}, `${title}: ${part.points}`)));
      }
      total += points;
      const normalised = part.decimal ?? part.fraction;
      const fraction = part.decimal === undefined ? undefined : part.fraction;
      return el("tr", {},
        el("th", { scope: "row" }, el("span", { class: `key ${dimension}` }), name(title),
          el("small", {}, t[dimension]), part.note === undefined ? null : el("small", {}, name(part.note))),
        el("td", { class: "number" }, or(part.input, name)),
        el("td", { class: "number" }, or(normalised, same),
          fraction === undefined ? null : el("small", {}, fraction)),
        el("td", { class: "number" }, percent(part.weight, four)),
        el("td", { class: "number" }, part.points));
    });
    const floors = tiers.map((tier) => hundredths(tier.floor)).filter((floor) => floor > 0)
      .map((floor) => svg("path", { d: `M${floor} 300V3100` }));
    return [
      svg("svg", { class: "stack", viewBox: "0 0 10000 3400", preserveAspectRatio: "none", role: "img",
        "aria-label": `${c.composite === undefined ? t.rank : t.composite}: ${or(c.composite ?? c.rank, same)}` },
      svg("rect", { class: "rail", x: 0, y: 800, width: 10000, height: 1800 }), bars, floors),
      el("div", { class: "scroll" }, el("table", {},
        el("thead", {}, el("tr", {}, [t.indicator, t.input, t.normalised, t.weight, t.points].map((title, at) =>
          el("th", { scope: "col", class: at ? "number" : null }, title)))),
        el("tbody", {}, lines),
        el("tfoot", {}, el("tr", {}, el("th", { scope: "row", colspan: 4 }, t.sum),
          el("td", { class: "number" }, (c.composite ?? c.rank) === undefined ? t.unknown : written(total)))))),
    ];
  };

  const list = (items) => el("ul", {}, items.map((item) => el("li", {}, name(item))));
  const assigned = (title, given) => given === undefined ? [] : [
    el("p", { class: "assigned" }, title, ": ", el("b", {}, or(given.label, name)),
      given.cell === undefined ? null : ` (${given.cell})`),
    given.reasons.length ? list(given.reasons) : null,
  ];

  const explain = (index) => {
    const c = customers[index];
    const close = el("button", { type: "button", class: "close" }, t.close);
    close.addEventListener("click", () => panel.close());
    const known = (titles, values, show) => titles.map((title, at) => [name(title), or(values[at], show)]);
    panel.replaceChildren(...[
      el("div", { class: "panel-head" },
        el("div", {}, el("h2", { id: "panel-title" }, name(c.name)),
          el("small", {}, t.id, " ", name(c.id))), close),
      pairs([
        [t.tier, c.tier === undefined ? standing[c.standing] : tierName(c.tier)],
        [t.composite, or(c.composite, same)],
        ...(c.rank === undefined ? [] : [[t.rank, c.rank]]),
        [t.completeness, or(c.completeness, (share) => percent(share, one))],
        [revenue, or(c.revenue, (amount) => shown(amount, money))],
        [t.value, or(c.value, same)],
        [t.potential, or(c.potential, same)],
        [t.need, or(c.need, same)],
      ], "figures"),
      section(t.tiers, pairs([
        [t.computed, or(c.computed, tierName)],
        [t.settled, or(c.settled, tierName)],
        [t.overridden, or(c.override, override)],
        [t.effective, or(c.tier, tierName)],
      ])),
      c.contributions.length ? section(
        c.composite !== undefined ? t.contributions : c.rank !== undefined ? t.contributions_rank : t.inputs,
        contributions(c)) : null,
      section(t.reasons, c.reasons.length ? list(c.reasons) : el("p", {}, t.none)),
      c.lift === undefined ? null : section(t.lift, list(c.lift)),
      segments.some(([, kind]) => c[kind]) ? section(t.segments, segments.flatMap(([title, kind]) => assigned(title, c[kind]))) : null,
      facts.length ? section(t.facts, pairs(known(facts, c.facts, name))) : null,
      attributes.length ? section(t.attributes, pairs(known(attributes.map((a) => a.label), c.attributes, name))) : null,
    ].flat(3).filter((part) => part !== null));
    panel.showModal();
    panel.scrollTop = 0;
  };
  panel.addEventListener("click", (event) => { if (event.target === panel) panel.close(); });
  body.addEventListener("click", (event) => {
    const chosen = event.target.closest("tr[data-customer]");
    if (chosen && !String(getSelection())) explain(Number(chosen.dataset.customer));
  });
  for (const mention of document.querySelectorAll("[data-open]")) {
    const button = el("button", { type: "button", class: "link" }, ...mention.childNodes);
    button.addEventListener("click", () => explain(Number(mention.dataset.open)));
    mention.replaceChildren(button);
  }

  // On paper all matching rows stand, up to a bound that is named.
  addEventListener("beforeprint", () => {
    show(0, PRINTED);
    if (state.matches.length > PRINTED) body.append(el("tr", {}, el("td", { colspan: columns.length }, t.printed_cut)));
  });
  addEventListener("afterprint", paint);

  find("controls").hidden = false;
  find("pages").hidden = false;
  sort();
})();
