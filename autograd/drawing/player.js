"use strict";
// Plays a computation graph: `data` says what there is and what happens at each step, a template for each way to fold
// the groups holds its picture. Texts from the data are only ever set as textContent.
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const get = (id) => document.getElementById(id);
  const stage = get("stage");

  const nodes = new Map(data.nodes.map((node) => [node.id, node]));
  const groups = new Map(data.groups.map((group) => [group.id, group]));
  const VALUES = ["leaf", "value", "result"];
  const PHASES = { forward: "Forward", gradient: "Gradients", backward: "Backward" };
  const PACE = 1600; // milliseconds a step at speed 1
  const READABLE = 0.75; // the smallest scale at which labels can be read

  let svg = null; // the layout shown
  let folded = new Set(); // ids of the groups that are folded in it
  const closed = new Set(); // those, and what will be folded inside them when they open
  let drawn = new Map(); // id -> element of the layout, nodes and frames
  let arrows = []; // for each edge of the data its element, or none where it is folded away
  let beats = []; // steps as they are shown: what is inside a folded group is one
  let now = 0; // index of the last step that has happened
  let timer = 0; // of playing; 0 when it pauses
  let chosen = ""; // id of what the panel tells about
  let matches = []; // ids of what was searched
  let match = 0;
  const view = { x: 0, y: 0, scale: 1, fitted: true };

  const say = (text) => { get("spoken").textContent = text; };

  /** Make an element with attributes, listeners (on...) and children; strings become text. */
  function make(tag, attributes, ...children) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes || {})) {
      if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
      else element.setAttribute(name, value);
    }
    element.append(...children.filter((child) => child !== ""));
    return element;
  }

  // Folding

  /** The outermost folded group around a group, itself included; "" if it is open. */
  function outermost(id, ids) {
    let found = "";
    for (let around = id; around; around = groups.get(around).parent) if (ids.has(around)) found = around;
    return found;
  }

  /** What stands for a node or a group in the layout: itself, or the folded group that it is in. */
  const place = (id) => outermost(groups.has(id) ? id : nodes.get(id).group, folded) || id;

  /** Whether each group is open, folded, or inside a folded one. */
  function states(ids) {
    const state = (id, outer) => (!outer ? "open" : outer === id ? "folded" : "inside");
    return data.groups.map(({ id }) => state(id, outermost(id, ids)));
  }

  /** The prepared layout where a group has its other state that is most like the one shown; -1 if there is none. */
  function nearest(id) {
    const wanted = new Set(closed);
    if (!wanted.delete(id)) wanted.add(id);
    const target = states(wanted);
    const index = data.groups.findIndex((group) => group.id === id);
    let best = -1;
    let most = -1;
    data.cuts.forEach((ids, number) => {
      const found = states(new Set(ids));
      const same = found.filter((state, i) => state === target[i]).length;
      if (found[index] === target[index] && same > most) [best, most] = [number, same];
    });
    return best;
  }

  /** Fold or open one group, which stays where it is on the screen. */
  function toggle(id) {
    const found = nearest(id);
    if (found < 0) return say("No layout was prepared for that; the file would have become too large.");
    const before = around([drawn.get(id)]);
    show(found, false);
    const after = around([drawn.get(id)]);
    pan(before.x - after.x, before.y - after.y);
    if (view.fitted) fit(READABLE);
    if (!around([drawn.get(id)]).seen) centre([drawn.get(id)]);
    drawn.get(id).focus({ preventScroll: true });
    if (chosen) choose(drawn.has(chosen) ? chosen : id);
    return say(`${groups.get(id).name} ${folded.has(id) ? "folded" : "open"}`);
  }

  /** Fold all groups, or open all if some are folded. */
  function toggleAll() {
    const outer = data.groups.filter((group) => !group.parent).map((group) => group.id);
    const all = data.cuts.findIndex((ids) => ids.join(" ") === outer.join(" "));
    show(folded.size || all < 0 ? 0 : all);
    fit(READABLE);
    follow();
    if (chosen && !drawn.has(chosen)) choose(place(chosen));
  }

  const layoutOf = (number) => get(`layout${number}`).content.firstElementChild;

  /** Put a layout on the stage; what is inside a folded group stays folded when it opens, or is as it was. */
  function show(number, anew = true) {
    folded = new Set(data.cuts[number]);
    for (const id of groups.keys()) {
      const outer = outermost(id, folded);
      if (outer === id || (outer && anew)) closed.add(id);
      else if (!outer) closed.delete(id);
    }
    svg = layoutOf(number).cloneNode(true);
    svg.setAttribute("role", "group");
    svg.setAttribute("aria-label", `Graph of ${data.result}`);
    stage.replaceChildren(svg);
    drawn = new Map([...svg.querySelectorAll(".node, .cluster")].map((element) => [element.id, element]));
    for (const element of drawn.values()) {
      element.setAttribute("tabindex", "0");
      element.setAttribute("role", "button");
    }
    for (const element of svg.querySelectorAll(".edge")) element.setAttribute("aria-hidden", "true");
    for (const node of data.nodes) { // in order of creation, for whoever steps through with Tab
      const element = drawn.get(place(node.id));
      if (!element.matches(".placed")) svg.querySelector(".graph").append(element);
      element.classList.add("placed");
      const image = node.picture && place(node.id) === node.id && element.querySelector("image");
      if (image) image.setAttribute("href", node.picture);
    }
    for (const text of svg.querySelectorAll(".node .grad:not(.word)")) { // room was left for its longest text
      text.setAttribute("x", Number(text.getAttribute("x")) + text.getComputedTextLength());
      text.setAttribute("text-anchor", "end");
    }
    for (const [id, group] of groups) {
      drawn.get(id)?.setAttribute("aria-label", `${group.name}, ${folded.has(id) ? "folded" : "open"} group`);
      drawn.get(id)?.setAttribute("aria-expanded", String(!folded.has(id)));
    }
    arrows = arrowsShown();
    beats = beatsShown();
    get("fold").textContent = folded.size ? "Open all" : "Fold all";
    halve();
    mark();
    update();
  }

  /** The element of each edge. Edges into a folded group are bundled, in the order in which Python numbered them. */
  function arrowsShown() {
    const bundles = new Map();
    let count = 0;
    return data.edges.map((edge) => {
      const [tail, head] = [place(edge.tail), place(edge.head)];
      if (tail === head) return null;
      const key = tail === edge.tail && head === edge.head ? {} : `${tail} ${head}`;
      if (!bundles.has(key)) bundles.set(key, svg.getElementById(`edge${(count += 1)}`));
      return bundles.get(key);
    });
  }

  /** Put the steps inside one folded group together. */
  function beatsShown() {
    const found = [];
    data.steps.forEach((step, index) => {
      const at = step.place ? place(step.place) : "";
      const inside = at !== step.place && at;
      const before = found[found.length - 1];
      const goesOn = inside && before?.inside === at && data.steps[before.first].phase === step.phase;
      if (goesOn) before.last = index;
      else found.push({ first: index, last: index, inside });
    });
    return found;
  }

  // Steps

  /** The index of the beat that is shown. */
  const beat = () => Math.max(0, beats.findIndex(({ last }) => now <= last));

  /** Go to a beat. */
  function go(index) {
    now = beats[Math.min(Math.max(index, 0), beats.length - 1)].last;
    update();
    follow();
  }

  /** Play from here, or from the start if this is the end; or pause. */
  function play(on = !timer) {
    clearTimeout(timer);
    timer = 0;
    if (on) {
      if (beat() === beats.length - 1) go(0);
      timer = setTimeout(tick, PACE / 2 / get("speed").value);
    }
    get("play").textContent = timer ? "❚❚ Pause" : "▶ Play";
  }

  function tick() {
    go(beat() + 1);
    if (beat() === beats.length - 1) play(false);
    else timer = setTimeout(tick, PACE / get("speed").value);
  }

  /** Show what is known at this step, and what happens. */
  function update() {
    const at = beat();
    const { first, last, inside } = beats[at];
    now = last;
    const steps = data.steps.slice(first, last + 1);
    const phase = steps[0].phase;
    const known = new Set();
    const reached = new Set(); // by the backward pass
    const gradients = new Map();
    const flowed = new Set(); // edges
    for (const step of data.steps.slice(0, last + 1)) {
      for (const id of step.appears || []) known.add(id);
      for (const [id, text] of step.gradients || []) gradients.set(id, text);
      if (step.phase !== "backward") continue;
      for (const id of step.active || []) reached.add(id);
      for (const number of step.edges || []) flowed.add(number - 1);
    }
    const happened = (id) => place(id) === id || !["leaf", "constant", "reference"].includes(nodes.get(id).kind);
    const lit = new Set([...(phase === "backward" ? reached : known)].filter(happened).map(place));
    const active = new Set(steps.flatMap((step) => step.active || []).map(place));
    const using = new Set(steps.flatMap((step) => step.edges || []).map((number) => arrows[number - 1]));
    for (const [id, element] of drawn) {
      if (element.classList.contains("cluster")) continue;
      element.classList.toggle("dim", !lit.has(id));
      element.classList.toggle("unknown", !known.has(id));
      element.classList.toggle("active", active.has(id));
      const grad = element.querySelector(".grad:not(.word)");
      if (grad) grad.textContent = gradients.get(id) || "–";
      if (nodes.has(id)) element.setAttribute("aria-label", label(nodes.get(id), known.has(id), gradients.get(id)));
    }
    const done = ({ head }, index) => (phase === "backward" ? flowed.has(index) : known.has(head));
    const passed = new Set(arrows.filter((_, index) => done(data.edges[index], index)));
    for (const arrow of arrows.filter(Boolean)) {
      arrow.classList.toggle("dim", !passed.has(arrow));
      arrow.classList.toggle("active", using.has(arrow));
    }
    caption(at, steps, inside);
  }

  /** Tell in words what happens: in the caption, and to screen readers. */
  function caption(at, steps, inside) {
    const phase = steps[0].phase;
    document.body.classList.toggle("backward", phase !== "forward");
    const same = beats.filter(({ first }) => data.steps[first].phase === phase);
    const words = `${same.indexOf(beats[at]) + 1} of ${same.length}`;
    let formula = steps[0].formula;
    let notes = steps[0].notes || [];
    if (inside) {
      formula = `${phase === "backward" ? "Back through" : "Through"} ${groups.get(inside).name}`;
      const sums = [...new Map(steps.flatMap((step) => step.gradients || []))].filter(([id]) => place(id) !== inside);
      const told = sums.map(([id, sum]) => `∂${data.result}/∂${nodes.get(id).name} = ${sum}`).join(",  ");
      const count = `${steps.length} ${steps.length === 1 ? "step" : "steps"} inside.`;
      notes = [count, phase === "backward" ? told : steps[steps.length - 1].formula];
    }
    if (at === 0) notes = [`${notes.join(" ")} Press play, or click a node to see where its gradient comes from.`];
    get("phase").textContent = PHASES[phase];
    get("count").textContent = words;
    get("formula").textContent = formula;
    get("notes").replaceChildren(...notes.flatMap((note) => [note, make("br")]));
    get("scrub").max = beats.length - 1;
    get("scrub").value = at;
    const spoken = `${PHASES[phase]} ${words}: ${formula}. ${notes.join(" ")}`;
    get("scrub").setAttribute("aria-valuetext", spoken);
    if (document.activeElement !== get("scrub")) say(spoken); // it speaks for itself
    for (const id of ["first", "back"]) get(id).disabled = at === 0;
    for (const id of ["next", "last"]) get(id).disabled = at === beats.length - 1;
  }

  /** What a screen reader says of a node. */
  function label(node, known, gradient) {
    const numbers = [known && node.data, gradient && `gradient ${gradient}`];
    return [node.name, node.is, ...numbers, ...(node.marks || [])].filter(Boolean).join(", ");
  }

  /** Show which part of the track is which pass. */
  function halve() {
    const phases = beats.map(({ first }) => data.steps[first].phase);
    get("halves").replaceChildren(...[...new Set(phases)].map((phase) => {
      const part = make("span", { class: phase }, PHASES[phase].toLowerCase());
      part.style.flex = `${phases.filter((other) => other === phase).length} 0 0`;
      return part;
    }));
  }

  // The view

  /** Change the view. */
  function look(change) {
    Object.assign(view, change);
    svg.style.transform = `translate(${view.x}px, ${view.y}px) scale(${view.scale})`;
  }

  const pan = (x, y) => look({ x: view.x + x, y: view.y + y });

  /** Zoom about a point of the stage; its middle if none is given. */
  function zoom(factor, x = stage.clientWidth / 2, y = stage.clientHeight / 2) {
    const scale = Math.min(Math.max(view.scale * factor, 0.02), 8);
    const ratio = scale / view.scale;
    look({ x: x - (x - view.x) * ratio, y: y - (y - view.y) * ratio, scale, fitted: false });
  }

  /** Zoom about a point of the window. */
  function zoomAt(factor, x, y) {
    const frame = stage.getBoundingClientRect();
    zoom(factor, x - frame.left, y - frame.top);
  }

  /** The scale at which all of a layout is seen. */
  function scaleOf(layout) {
    const [, , width, height] = layout.getAttribute("viewBox").split(" ").map((points) => (points * 4) / 3);
    return Math.min(stage.clientWidth / width, stage.clientHeight / height, 1.25);
  }

  /** The layout with the most to see among those that can be read whole; if there is none, the smallest. */
  function readable() {
    const worth = (number) => {
      const scale = scaleOf(layoutOf(number));
      return scale < READABLE ? scale : layoutOf(number).querySelectorAll(".node").length;
    };
    return [...data.cuts.keys()].reduce((best, number) => (worth(number) > worth(best) ? number : best));
  }

  /** Show all of the picture, or as much as can be read if ``least`` is a scale. */
  function fit(least = 0) {
    const scale = Math.max(scaleOf(svg), least);
    const [width, height] = [svg.width.baseVal.value * scale, svg.height.baseVal.value * scale];
    const [x, y] = [(stage.clientWidth - width) / 2, (stage.clientHeight - height) / 2];
    look({ x, y, scale, fitted: scale === scaleOf(svg) });
  }

  /** The rectangle around some elements, on the stage: its middle, its size, and whether all of it is seen. */
  function around(elements) {
    const frame = stage.getBoundingClientRect();
    const boxes = elements.map((element) => element.getBoundingClientRect());
    const [left, top] = [Math.min(...boxes.map((box) => box.left)), Math.min(...boxes.map((box) => box.top))];
    const [right, bottom] = [Math.max(...boxes.map((box) => box.right)), Math.max(...boxes.map((box) => box.bottom))];
    const seen = left >= frame.left && top >= frame.top && right <= frame.right && bottom <= frame.bottom;
    const fits = right - left < frame.width && bottom - top < frame.height;
    return { x: (left + right) / 2 - frame.left, y: (top + bottom) / 2 - frame.top, seen, fits };
  }

  /** Move elements towards the middle of the stage, but not past the end of the picture. */
  function centre(elements) {
    const { x, y } = around(elements);
    const within = (position, room, length) =>
      (length < room ? (room - length) / 2 : Math.min(Math.max(position, room - length - 20), 20));
    const { clientWidth, clientHeight } = stage;
    look({
      x: within(view.x + clientWidth / 2 - x, clientWidth, svg.width.baseVal.value * view.scale),
      y: within(view.y + clientHeight / 2 - y, clientHeight, svg.height.baseVal.value * view.scale),
    });
  }

  /** Keep what is active in sight. */
  function follow() {
    const { first, last } = beats[beat()];
    const ids = data.steps.slice(first, last + 1).flatMap((step) => step.active || step.appears || []);
    let elements = [...new Set(ids.map((id) => drawn.get(place(id))))];
    if (!elements.length) return;
    if (!around(elements).fits) elements = [elements.find((one) => !one.matches(".cluster")) || elements[0]];
    if (!around(elements).seen) centre(elements);
  }

  // Search

  function search() {
    const wanted = get("search").value.trim().toLowerCase();
    const isFound = ({ kind, name }) => wanted && kind !== "reference" && name.toLowerCase().includes(wanted);
    matches = [...data.nodes, ...data.groups].filter(isFound).map(({ id }) => id);
    match = 0;
    mark();
    reach();
  }

  function leaveSearch() {
    get("search").value = "";
    get("search").blur();
    search();
  }

  /** Go to the match. */
  function reach() {
    get("found").textContent = matches.length ? `${match + 1} of ${matches.length}` : get("search").value && "none";
    if (!matches.length) return;
    const shown = place(matches[match]);
    if (view.scale < READABLE) zoom(READABLE / view.scale);
    view.fitted = false;
    centre([drawn.get(shown)]);
    mark();
    if (shown !== matches[match]) get("found").textContent += `, inside ${groups.get(shown).name}`;
  }

  /** Let matches and what is chosen stand out. */
  function mark() {
    const found = new Set(matches.map(place));
    for (const [id, element] of drawn) {
      element.classList.toggle("match", found.has(id));
      element.classList.toggle("found", matches.length > 0 && id === place(matches[match]));
      element.classList.toggle("chosen", id === chosen);
    }
  }

  // The panel

  /** Show the ledger of a node, or what is in a group; "" closes the panel. */
  function choose(id, focus = false) {
    const before = chosen;
    chosen = nodes.has(id) && nodes.get(id).for ? nodes.get(id).for : id;
    mark();
    if (!chosen) return closePanel(before);
    const node = nodes.get(chosen);
    return openPanel(focus, ...(node ? aboutNode(node) : aboutGroup(groups.get(chosen))));
  }

  function openPanel(focus, ...children) {
    const close = make("button", { class: "close", "aria-label": "Close", onclick: () => choose("") }, "✕");
    get("panel").replaceChildren(close, ...children);
    const opened = get("panel").hidden;
    get("panel").hidden = false;
    if (focus) get("panel").focus();
    if (opened) resized();
    const element = drawn.get(chosen);
    if (element && opened && !around([element]).seen) centre([element]);
  }

  function closePanel(before) {
    const inside = get("panel").contains(document.activeElement);
    get("panel").hidden = true;
    resized();
    if (inside && drawn.has(before)) drawn.get(before).focus();
  }

  function aboutNode(node) {
    const lines = [node.says, ...(node.in || []), ...(node.marks || []).map((mark) => `⚠ ${mark}`)].filter(Boolean);
    const children = [make("h2", {}, node.name), make("p", { class: "faint" }, node.is)];
    children.push(...lines.map((line) => make("p", {}, line)));
    if (groups.has(node.group)) {
      const button = make("button", { onclick: () => choose(node.group) }, groups.get(node.group).name);
      children.push(make("p", {}, make("span", { class: "faint" }, "in "), button));
    }
    if (VALUES.includes(node.kind)) children.push(...ledger(node));
    if (node.kind === "operation") children.push(...localGradients(node));
    return children;
  }

  /** Each use of a value, and what it adds to its adjoint. */
  function ledger(node) {
    const of = `∂${data.result}/∂${node.name}`;
    if (!data.steps.some(({ phase }) => phase === "backward")) return [];
    const uses = data.edges.filter(({ tail }) => (nodes.get(tail).for || tail) === node.id);
    const rows = uses.map((edge) => {
      const result = resultOf(edge.head);
      const link = make("button", { onclick: () => choose(place(result.id), true) }, result.name);
      const cells = [link, edge.local || "not in this file", result.adjoint || result.grad || "", edge.adds || ""];
      return make("tr", {}, ...cells.map((cell) => make("td", {}, cell)));
    });
    if (node.root) {
      rows.unshift(make("tr", {}, make("td", { colspan: 3 }, "it is what is differentiated"), make("td", {}, "1")));
    }
    const heads = ["used in", "local gradient", "× its adjoint", "= adds"];
    const head = make("thead", {}, make("tr", {}, ...heads.map((text) => make("th", { scope: "col" }, text))));
    const sum = make("td", { id: "sum" }, node.adjoint || node.grad || "");
    const total = make("tfoot", {}, make("tr", {}, make("th", { colspan: 3, scope: "row" }, `sum = ${of}`), sum));
    const found = [make("h3", {}, `Where ${of} comes from`)];
    if (rows.length) found.push(make("table", {}, head, make("tbody", {}, ...rows), total));
    else found.push(make("p", {}, "Nothing that is drawn uses it."));
    if (node.exact) found.push(make("p", { class: "faint" }, `exactly ${node.exact}`));
    if (node.note) found.push(make("p", { class: "note" }, node.note));
    return found;
  }

  /** What an operation makes; anything else is its own result. */
  function resultOf(id) {
    const edge = nodes.get(id).kind === "operation" && data.edges.find(({ tail }) => tail === id);
    return nodes.get(edge ? edge.head : id);
  }

  function localGradients(node) {
    const step = data.steps.find(({ place, phase }) => place === node.id && phase === "forward");
    const lines = data.edges.filter(({ head }) => head === node.id).map(({ local }) => local).filter(Boolean);
    const title = lines.length ? [make("h3", {}, "Local gradients")] : [];
    return [make("p", {}, step.formula), ...title, ...lines.map((line) => make("p", {}, line))];
  }

  function aboutGroup(group) {
    const is = folded.has(group.id) ? "a folded group" : "an open group";
    const button = make("button", { onclick: () => toggle(group.id) }, folded.has(group.id) ? "Open" : "Fold");
    button.disabled = nearest(group.id) < 0;
    const lines = [is, ...group.in, ...(button.disabled ? ["No layout was prepared for the other state."] : [])];
    return [make("h2", {}, group.name), ...lines.map((line) => make("p", {}, line)), button];
  }

  function help() {
    if (chosen) choose("");
    openPanel(true, get("manual").content.cloneNode(true));
  }

  const resized = () => view.fitted && fit();

  // What the reader does

  const actions = {
    play: () => play(), first: () => go(0), back: () => go(beat() - 1), next: () => go(beat() + 1),
    last: () => go(beats.length - 1), in: () => zoom(1.3), out: () => zoom(1 / 1.3), fit: () => fit(), help,
    fold: toggleAll,
  };
  for (const [id, action] of Object.entries(actions)) {
    get(id).addEventListener("click", () => {
      if (["first", "back", "next", "last"].includes(id)) play(false);
      action();
    });
  }
  get("scrub").addEventListener("input", () => {
    play(false);
    go(Number(get("scrub").value));
  });
  get("search").addEventListener("input", search);
  get("search").addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !matches.length) return;
    match = (match + (event.shiftKey ? matches.length - 1 : 1)) % matches.length;
    reach();
  });

  const KEYS = { " ": "play", ArrowLeft: "back", ArrowRight: "next", Home: "first", End: "last", "+": "in", "=": "in",
    "-": "out", 0: "fit", "?": "help" };
  document.addEventListener("keydown", (event) => {
    const { target, key } = event;
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (key === "Escape") return target === get("search") ? leaveSearch() : choose("");
    if (target.matches("select, input[type=search]") || (key === " " && target.matches("button"))) return; // their own
    if (target === get("scrub") && /^(Arrow|Home|End)/.test(key)) return;
    const item = target.closest(".node, .cluster");
    if (key === "Enter" && item) activate(item, true);
    else if (key === "/") get("search").focus();
    else if (key === "f") foldAt(item);
    else if (key in KEYS) get(KEYS[key]).click();
    else return;
    event.preventDefault();
  });

  /** Fold or open the group at hand: of what has the focus or is chosen, else all. */
  function foldAt(item) {
    const id = item ? item.id : chosen;
    const group = groups.has(id) ? id : nodes.get(id)?.group;
    if (group) toggle(group);
    else if (groups.size) toggleAll();
  }

  /** What a click or Enter does: a frame is folded, a folded group opens, anything else shows its ledger. */
  function activate(item, byKey) {
    if (groups.has(item.id) && nearest(item.id) >= 0) toggle(item.id);
    else choose(item.id, byKey);
  }

  const pointers = new Map();
  let moved = 0;
  stage.addEventListener("pointerdown", (event) => {
    if (!pointers.size) moved = 0;
    pointers.set(event.pointerId, { x: event.clientX, y: event.clientY });
  });
  stage.addEventListener("pointermove", (event) => {
    const before = pointers.get(event.pointerId);
    if (!before) return;
    const [x, y] = [event.clientX - before.x, event.clientY - before.y];
    moved += Math.hypot(x, y);
    if (moved < 5) return;
    stage.setPointerCapture(event.pointerId);
    const [other] = [...pointers].filter(([id]) => id !== event.pointerId).map(([, point]) => point);
    const point = { x: event.clientX, y: event.clientY };
    pointers.set(event.pointerId, point);
    view.fitted = false;
    if (!other) return pan(x, y);
    const distance = (from) => Math.hypot(from.x - other.x, from.y - other.y) || 1;
    return zoomAt(distance(point) / distance(before), (point.x + other.x) / 2, (point.y + other.y) / 2);
  });
  ["pointerup", "pointercancel", "pointerleave"].forEach((name) =>
    stage.addEventListener(name, (event) => pointers.delete(event.pointerId)));
  stage.addEventListener("click", (event) => {
    const item = event.target.closest(".node, .cluster");
    const isFrame = item?.matches(".cluster") && event.target.tagName !== "text";
    if (moved < 5 && item && !isFrame) activate(item, false);
    moved = 0;
  });
  stage.addEventListener("wheel", (event) => {
    event.preventDefault();
    zoomAt(Math.exp(-event.deltaY * (event.deltaMode ? 0.03 : 0.0015)), event.clientX, event.clientY);
  }, { passive: false });
  stage.addEventListener("focusin", ({ target }) => {
    if (target.matches(".node:focus-visible") && !around([target]).seen) centre([target]);
  });
  window.addEventListener("resize", resized);

  get("title").textContent = data.title;
  get("fold").hidden = !groups.size;
  show(readable());
  fit(READABLE);
  follow();
})();
