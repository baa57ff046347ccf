// The configuration form: sections, widgets, presets and defaults as the integration declares them.

const OTHER = "\u0000other";
/** Stands for "another value" in a drop-down that also takes free text; no real value holds this character. */

/**
 * Draws the form.
 *
 * @param place where it goes
 * @param fields from the palette, without the name
 * @param values what the node holds; null for a new node, which is filled with the defaults
 * @returns {{values: Function, secrets: Function}}
 */
function drawForm(place, fields, values) {
    const sections = new Map();
    for (const field of fields) {
        if (!sections.has(field.section)) {
            const members = fields.filter((each) => each.section === field.section);
            const open = members.some((each) => each.required) || members.length === 1;
            const title = field.section.charAt(0).toUpperCase() + field.section.slice(1);
            sections.set(field.section, section(place, title, open));
        }
    }
    const drawn = fields.map((field) => {
        const cell = formRow(sections.get(field.section), field);
        // What the node does not hold has its default, also a field that is newer than the node.
        const start = values && field.name in values ? values[field.name] : field.default;
        return { field, read: field.secret ? secretWidget(cell, field) : widgetOf(field)(cell, field, start) };
    });
    return {
        values() {
            const typed = {};
            for (const { field, read } of drawn) {
                const value = field.secret ? undefined : read();
                if (value !== undefined) {
                    typed[field.name] = value;
                }
            }
            return typed;
        },
        secrets() {
            const typed = {};
            drawn.filter(({ field }) => field.secret).forEach(({ field, read }) => (typed[field.name] = read()));
            return typed;
        },
    };
}

function formRow(place, field) {
    const row = $('<div class="form-row">').appendTo(place);
    const label = $("<label>").attr("for", `im-cloud-value-${field.name}`).text(`${field.title} `).appendTo(row);
    if (field.required) {
        $('<span class="im-cloud-required" title="required">*</span>').appendTo(label);
    }
    const cell = $('<div class="im-cloud-field">').attr("id", `im-cloud-form-${field.name}`).appendTo(row);
    $('<div class="im-cloud-help">').text(field.help).appendTo(cell);
    $('<div class="im-cloud-problem" role="alert">').appendTo(cell);
    return cell;
}

function widgetOf(field) {
    if (field.choices) {
        return field.free_text ? openChoice : closedChoice;
    }
    const made = { toggle: toggleWidget, list: listWidget, textarea: areaWidget, number: numberWidget };
    return made[field.widget] || textWidget;
}

function prepended(cell, field, element) {
    return element.attr("id", `im-cloud-value-${field.name}`).prependTo(cell);
}

function judge(field, value) {
    const missing = field.required && value === undefined ? `${field.title} is required.` : null;
    markField(field.name, missing || valueProblem(field, value));
}

function judged(field, element, read) {
    element.on("change", () => judge(field, read()));
    return read;
}

// Emptying a field that may be null means "none"; emptying another one means its default.
function emptied(field) {
    return field.nullable ? null : undefined;
}

function textWidget(cell, field, start) {
    const element = prepended(cell, field, $('<input type="text">'));
    element.attr("placeholder", field.placeholder || field.example || "").val(start ?? "");
    return judged(field, element, () => element.val().trim() || emptied(field));
}

function numberWidget(cell, field, start) {
    const element = prepended(cell, field, $('<input type="number" step="any">')).val(start ?? "");
    const read = () => (element.val() === "" ? emptied(field) : Number(element.val()));
    return judged(field, element, read);
}

function areaWidget(cell, field, start) {
    const element = prepended(cell, field, $('<textarea rows="2">')).val(start ?? "");
    return judged(field, element, () => element.val().trim() || emptied(field));
}

function listWidget(cell, field, start) {
    const element = prepended(cell, field, $('<textarea rows="2" placeholder="one a line">'));
    element.val((start || []).join("\n"));
    return () => element.val().split("\n").map((each) => each.trim()).filter(Boolean);
}

function toggleWidget(cell, field, start) {
    const element = prepended(cell, field, $('<input type="checkbox">')).prop("checked", Boolean(start));
    return () => element.prop("checked");
}

function closedChoice(cell, field, start) {
    const element = prepended(cell, field, $("<select>"));
    field.choices.forEach(({ value, label }) => $("<option>").val(value).text(label).appendTo(element));
    element.val(start ?? field.default ?? "");
    return () => element.val() || emptied(field);
}

function openChoice(cell, field, start) {
    const typed = $('<input type="text">').attr({ "aria-label": field.title, placeholder: field.example || "" });
    typed.prependTo(cell).val(start ?? "");
    const select = prepended(cell, field, $("<select>"));
    $("<option>").val("").text("choose …").appendTo(select);
    field.choices.forEach(({ value, label }) => $("<option>").val(value).text(`${label} (${value})`).appendTo(select));
    $("<option>").val(OTHER).text("another …").appendTo(select);
    const known = field.choices.some(({ value }) => value === start);
    select.val(known ? start : start ? OTHER : "");
    const follow = () => typed.toggle(select.val() === OTHER);
    const read = () => (select.val() === OTHER ? typed.val().trim() : select.val()) || emptied(field);
    select.on("change", () => {
        follow();
        // Choosing "another" is no mistake yet; leaving its text empty is.
        if (select.val() !== OTHER || typed.val()) {
            judge(field, read());
        } else {
            markField(field.name, null);
        }
    });
    follow();
    return judged(field, typed, read);
}

// The input stands in the template, because Node-RED fills credentials before the form is drawn.
function secretWidget(cell, field) {
    const element = $(`#node-config-input-${field.name}`).prependTo(cell);
    $(`label[for="im-cloud-value-${field.name}"]`).attr("for", element.attr("id"));
    return () => element.val();
}

/** Marks a field of the dialog with a sentence, or clears it. */
function markField(name, sentence) {
    const cell = $(`#im-cloud-form-${name}`);
    const elements = cell.find("input, select, textarea");
    elements.toggleClass("input-error", Boolean(sentence)).attr("aria-invalid", sentence ? "true" : null);
    cell.find(".im-cloud-problem").text(sentence || "");
    if (sentence) {
        cell.closest("details").prop("open", true);
    }
}
