// The list behind a field that is filled from the vendor: read when it is opened, searchable, never binding.

const SEARCH_PAUSE = 400;

/**
 * Opens the list below a typed input.
 *
 * @param input the typedInput widget
 * @param ask function (search) that returns {answer, abort}: a promise of {items, total}, and how to give it up
 * @param choose function (entry) that is told what was clicked
 */
function openVendorList(input, ask, choose) {
    const content = $('<div class="im-cloud-list">');
    const search = $('<input type="text" placeholder="search">').appendTo(content);
    const list = $("<ul>").appendTo(content);
    const note = $('<div class="im-cloud-note" role="status">').appendTo(content);
    const panel = RED.popover.panel(content);
    let giveUp = () => {};
    panel.container.css({ width: `${Math.max(input.uiSelect.width(), 300)}px` });
    let loaded = null;
    let asked = 0;
    let pause = null;

    function show(entries, total) {
        list.empty();
        entries.forEach((entry, at) => {
            const row = $("<li>").toggleClass("im-cloud-near", at === 0 && search.val() !== "").appendTo(list);
            $("<code>").text(entry.id).appendTo(row);
            $("<span>").text(entry.name).appendTo(row);
            row.on("click", () => pick(entry));
        });
        if (entries.length === 0) {
            note.text("Nothing found. Any value can be typed into the field.");
        } else {
            note.text(total > entries.length ? `${entries.length} of ${total}; type to search.` : "");
        }
    }
    function pick(entry) {
        panel.hide();
        giveUp();
        choose(entry);
    }
    function load(text) {
        const mine = ++asked;
        note.text("Asking the vendor …");
        giveUp();
        const { answer, abort } = ask(text);
        giveUp = abort;
        answer.then(
            ({ items, total }) => {
                if (mine === asked) {
                    if (text === "" && total <= items.length) {
                        loaded = items;
                    }
                    show(items, total);
                }
            },
            (message) => mine === asked && note.text(message),
        );
    }
    search.on("input", () => {
        const text = search.val().trim();
        clearTimeout(pause);
        if (loaded) {
            const wanted = text.toLowerCase();
            const found = loaded.filter(({ id, name }) => `${name} ${id}`.toLowerCase().includes(wanted));
            show(found, found.length);
        } else {
            pause = setTimeout(() => load(text), SEARCH_PAUSE);
        }
    });
    search.on("keydown", (event) => {
        if (event.key === "Enter") {
            event.preventDefault();
            list.children().first().trigger("click");
        }
    });
    panel.show({ target: input.uiSelect, onclose: () => giveUp() });
    search.trigger("focus");
    load("");
}

/** Asks the deployed configuration's gateway: {answer, abort}; the answer rejects with a sentence. */
function askForEntries(configurationId, action, name, parameters) {
    if (!configurationId || configurationId === "_ADD_") {
        const answer = Promise.reject("Choose a configuration first. The value can be typed as well.");
        return { answer, abort() {} };
    }
    const path = [configurationId, "options", action, name].map(encodeURIComponent).join("/");
    const asked = $.getJSON(`im-cloud/${path}`, parameters);
    const answer = new Promise((resolve, reject) => {
        asked.then(resolve, (failed) => {
            const { error } = failed.responseJSON || {};
            reject(error ? [error.message, error.hint].filter(Boolean).join(" ") : "The list could not be read.");
        });
    });
    return { answer, abort: () => asked.abort() };
}
