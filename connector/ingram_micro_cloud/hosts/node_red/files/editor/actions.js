// One node type for each action of the palette; every dialog is drawn from the action's fields.

const MANY = 8;
/** More optional inputs than this are folded away until one of them is filled. */
const ORGANIZATION = {
    name: "organization",
    title: "Organization",
    help: "Whom it is done for; its customer is filled in, and nothing of others can be touched. Empty: the reseller.",
    kind: "text",
    required: false,
    rules: {},
};
const PURCHASE_KEY = {
    name: "purchase_key",
    title: "Purchase key",
    help: "Your own name for this purchase. The same key again returns the first outcome and orders nothing.",
    kind: "text",
    required: false,
    rules: { maxLength: 200 },
};
const DEADLINE = {
    name: "deadline",
    title: "Deadline",
    help: "Seconds after which the run gives up.",
    kind: "number",
    required: false,
    rules: { type: "number", minimum: 1 },
};

function isFilled(field) {
    return Boolean(field && field.value !== "" && field.value !== undefined && field.value !== null);
}

/** Returns what keeps this node from working, as sentences. */
function givenProblems(action, node, given) {
    const found = [];
    for (const field of action.inputs) {
        const held = (given || {})[field.name];
        if (isFilled(held)) {
            const own = held.type === OWN_TYPES[field.kind] || held.type === "str";
            const problem = own ? valueProblem(field, held.value) : null;
            if (problem) {
                found.push(problem);
            }
        } else if (field.required && !node.from_payload && !(field.filled_by_organization && isFilled(node.organization))) {
            found.push(`${field.title} is required.`);
        }
    }
    return found;
}

function section(place, title, open) {
    const made = $('<details class="im-cloud-section">').prop("open", open).appendTo(place);
    $("<summary>").text(title).appendTo(made);
    return made;
}

function checkbox(place, id, title, help, checked) {
    const row = $('<div class="form-row">').appendTo(place);
    $("<label>").attr("for", id).text(title).appendTo(row);
    const cell = $('<div class="im-cloud-field">').appendTo(row);
    const box = $('<input type="checkbox">').attr("id", id).prop("checked", Boolean(checked)).appendTo(cell);
    $('<div class="im-cloud-help">').text(help).appendTo(cell);
    return box;
}

function drawDialog(action, node) {
    const place = $("#im-cloud-fields");
    const dialog = { fields: [], beside: [] };
    const chosen = () => {
        const parameters = {};
        for (const field of dialog.fields) {
            const held = field.read();
            // These names are the list's own parameters, so an input of that name cannot narrow it.
            if (held && ["str", "choice"].includes(held.type) && !["search", "limit", "offset"].includes(field.name)) {
                parameters[field.name] = held.value;
            }
        }
        const organization = dialog.beside.find((field) => field.name === "organization").read();
        return organization && organization.type === "str"
            ? { ...parameters, organization: organization.value }
            : parameters;
    };
    const context = { action: action.id, configurationId: () => $("#node-input-configuration").val(), chosen };
    const add = (where, field) => dialog.fields.push(addInput(where, field, (node.given || {})[field.name], context));

    dialog.beside.push(addInput(place, ORGANIZATION, node.organization, context));
    const required = action.inputs.filter((field) => field.required);
    const optional = action.inputs.filter((field) => !field.required);
    required.forEach((field) => add(place, field));
    if (optional.length) {
        const filled = optional.some((field) => isFilled((node.given || {})[field.name]));
        const inner = section(place, `Optional inputs (${optional.length})`, filled || optional.length <= MANY);
        optional.forEach((field) => add(inner, field));
    }
    const more = section(place, "How it runs", node.from_payload || node.dry_run || isFilled(node.purchase_key));
    const payloadHelp = "What is left empty here is taken from msg.payload when that is an object.";
    dialog.from_payload = checkbox(more, "im-cloud-from-payload", "Empty fields from msg.payload", payloadHelp, node.from_payload);
    if (action.effect !== "read") {
        const help = "Checks everything and shows the request; nothing is sent that changes anything.";
        dialog.dry_run = checkbox(more, "im-cloud-dry-run", "Dry run", help, node.dry_run);
    }
    if (action.buys) {
        dialog.beside.push(addInput(more, PURCHASE_KEY, node.purchase_key, context));
    }
    const deadline = node.deadline ? { type: "num", value: node.deadline } : null;
    dialog.deadline = addInput(more, DEADLINE, deadline, context);
    return dialog;
}

function keepDialog(dialog, node) {
    const given = {};
    for (const field of dialog.fields) {
        const held = field.read();
        if (held) {
            given[field.name] = held;
        }
    }
    node.given = given;
    for (const field of dialog.beside) {
        node[field.name] = field.read() || { type: "str", value: "" };
    }
    node.from_payload = dialog.from_payload.prop("checked");
    node.dry_run = dialog.dry_run ? dialog.dry_run.prop("checked") : false;
    const deadline = dialog.deadline.read();
    node.deadline = deadline && deadline.type === "num" ? deadline.value : "";
}

for (const action of PALETTE.actions) {
    const defaults = {
        name: { value: "" },
        configuration: { value: "", type: PALETTE.configuration, required: true, label: "configuration" },
        organization: { value: { type: "str", value: "" } },
        given: {
            value: {},
            // Two parameters tell Node-RED that sentences come back.
            validate(given, opt) { // eslint-disable-line no-unused-vars
                const problems = givenProblems(action, this, given);
                return problems.length ? problems : true;
            },
        },
        from_payload: { value: false },
        dry_run: { value: false },
        deadline: { value: "" },
    };
    if (action.buys) {
        defaults.purchase_key = { value: { type: "str", value: "" } };
    }
    let dialog = null;
    RED.nodes.registerType(action.type, {
        category: action.category,
        categoryDescription: action.category_summary,
        color: action.colour,
        icon: action.icon,
        defaults,
        inputs: 1,
        outputs: 1,
        paletteLabel: action.label,
        outputLabels: [action.lists ? "list" : "result"],
        label() {
            return this.name || action.label;
        },
        labelStyle() {
            return this.name ? "node_label_italic" : "";
        },
        oneditprepare() {
            dialog = drawDialog(action, this);
        },
        oneditsave() {
            keepDialog(dialog, this);
        },
    });
}
