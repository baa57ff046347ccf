// One field of an action's dialog: a typed input made for the input's schema, with its help and what is wrong.

const ELSEWHERE = ["msg", "flow", "global", "jsonata", "env"];
const OWN_TYPES = { text: "str", number: "num", toggle: "bool", choice: "choice", date: "day", moment: "moment", json: "json" };

function ownType(field) {
    const valid = (value) => valueProblem(field, value) || true;
    const none = { value: "", label: "–" };
    switch (field.kind) {
        case "number":
            return { value: "num", label: "number", icon: "red/images/typedInput/09.svg", validate: valid };
        case "toggle": {
            const options = [none, { value: "true", label: "yes" }, { value: "false", label: "no" }];
            return { value: "bool", label: "yes or no", icon: "fa fa-toggle-on", options };
        }
        case "choice":
            return { value: "choice", label: "choice", icon: "fa fa-list-ul", options: [none, ...field.choices] };
        case "date":
            return { value: "day", label: "date", icon: "fa fa-calendar", inputType: "date", validate: valid };
        case "moment":
            return { value: "moment", label: "date and time, UTC", icon: "fa fa-clock-o", inputType: "datetime-local" };
        case "json":
            return { ...jsonType(), validate: valid };
        default:
            return { value: "str", label: "text", icon: "red/images/typedInput/az.svg", validate: valid };
    }
}

function jsonType() {
    return {
        value: "json",
        label: "JSON",
        icon: "red/images/typedInput/json.svg",
        expand() {
            RED.editor.editJSON({
                value: pretty(this.value()),
                focus: true,
                complete: (text) => this.value(compact(text)),
            });
        },
    };
}

function pretty(text) {
    try {
        return JSON.stringify(JSON.parse(text), null, 4);
    } catch {
        return text;
    }
}

function compact(text) {
    try {
        return JSON.stringify(JSON.parse(text));
    } catch {
        return text;
    }
}

// A browser's picker knows no seconds and no zone; what is stored is UTC and complete.
function toPicker(value) {
    return String(value).replace(/(:\d\d)?(\.\d+)?Z$/, "").slice(0, 16);
}

function fromPicker(value) {
    return value ? `${value.slice(0, 16)}:00Z` : "";
}

function isPickable(value) {
    return /^\d{4}-\d\d-\d\dT\d\d:\d\d(:00)?(\.0+)?Z$/.test(value);
}

// What a value looks like: in the empty field, or for what is longer on request.
function suggest(input, cell, field) {
    if (field.kind !== "json") {
        const like = field.default !== undefined ? `${field.default} by default` : field.example;
        input.typedInput("instance").input.attr("placeholder", like === undefined ? "" : String(like));
    } else if (field.example !== undefined) {
        const link = $('<a href="#">Insert an example</a>').appendTo($('<div class="im-cloud-help">').appendTo(cell));
        link.on("click", (event) => {
            event.preventDefault();
            input.typedInput("type", "json");
            input.typedInput("value", JSON.stringify(field.example));
        });
    }
}

/**
 * Adds a field to a dialog.
 *
 * @param place where it goes
 * @param field from the palette
 * @param given what the node holds: {type, value, shown}
 * @param context {action, configurationId(), chosen()} for lists from the vendor
 * @returns {{name: string, read: Function}} read() gives what the node is to hold, or null when it is empty
 */
function addInput(place, field, given, context) {
    const row = $('<div class="form-row">').appendTo(place);
    const label = $("<label>").text(`${field.title} `).appendTo(row);
    if (field.required) {
        $('<span class="im-cloud-required" title="required">*</span>').appendTo(label);
    }
    const cell = $('<div class="im-cloud-field">').attr("data-input", field.name).appendTo(row);
    const input = $('<input type="text" style="width: 100%">').attr("id", `im-cloud-input-${field.name}`).appendTo(cell);
    label.attr("for", input.attr("id"));
    const chosen = $('<div class="im-cloud-chosen">').appendTo(cell);
    if (field.help) {
        $('<div class="im-cloud-help">').text(field.help).appendTo(cell);
    }
    const own = ownType(field);
    const widget = () => input.typedInput("instance");
    if (field.from_vendor) {
        const open = () =>
            openVendorList(
                widget(),
                (search) => askForEntries(context.configurationId(), context.action, field.name, { ...context.chosen(), search }),
                (entry) => {
                    input.typedInput("value", entry.id);
                    shown = { id: entry.id, name: entry.name };
                    tell();
                },
            );
        open.icon = "fa-caret-down";
        own.expand = open;
    }
    // Moments and choices that do not fit their picker are still shown, as text.
    const types = own.value === "str" || own.value === "json" ? [own, ...ELSEWHERE] : [own, "str", ...ELSEWHERE];
    input.typedInput({ types, default: own.value });
    widget().input.attr("aria-label", field.title);

    let { type = own.value, value = "" } = given || {};
    let shown = given && given.shown ? { id: value, name: given.shown } : null;
    if (type === "moment") {
        [type, value] = isPickable(value) ? [type, toPicker(value)] : ["str", value];
    }
    if (type === "choice" && value && !field.choices.some((each) => each.value === value)) {
        type = "str";
    }
    input.typedInput("value", value);
    input.typedInput("type", type);
    input.typedInput("value", value);
    input.on("change", tell);
    tell();
    suggest(input, cell, field);

    function tell() {
        const now = input.typedInput("type");
        const same = now === "str" && shown && shown.id === input.typedInput("value");
        chosen.text(same ? shown.name : now === "moment" ? "UTC" : "");
    }
    return {
        name: field.name,
        read() {
            const now = input.typedInput("type");
            const typed = input.typedInput("value");
            const text = now === "moment" ? fromPicker(typed) : typed;
            if (text === "" || text === undefined || text === null) {
                return null;
            }
            const held = { type: now, value: text };
            if (now === "str" && shown && shown.id === text && shown.name !== text) {
                held.shown = shown.name;
            }
            return held;
        },
    };
}
