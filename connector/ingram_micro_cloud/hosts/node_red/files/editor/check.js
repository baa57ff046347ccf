// The Test button: runs the connection check with what is typed, and shows every step.

const OWN_STEPS = { gateway: "Gateway reached", key: "Key accepted", configuration: "Configuration found" };

function runCheck(node, form) {
    const button = $("#im-cloud-test").prop("disabled", true);
    const list = $("#im-cloud-steps").empty();
    addStep(list, "im-cloud-left", "fa-spinner fa-spin", "Testing …");
    $(".im-cloud-field[id]").each((_, cell) => markField(cell.id.replace("im-cloud-form-", ""), null));
    const typed = {
        id: node.id,
        place: $("#node-config-input-place").val(),
        name: $("#node-config-input-name").val().trim(),
        url: $("#node-config-input-url").val().trim(),
        plain_http: $("#node-config-input-plain_http").prop("checked"),
        gateway_key: $("#node-config-input-gateway_key").val(),
        values: form.values(),
        secrets: form.secrets(),
    };
    return $.ajax({ url: "im-cloud/check", method: "POST", contentType: "application/json", data: JSON.stringify(typed) })
        .then(
            (report) => showReport(list, report, typed.place),
            (answer) => {
                list.empty();
                addStep(list, "im-cloud-failed", "fa-times", `The check could not be run (status ${answer.status}).`);
            },
        )
        .always(() => {
            button.prop("disabled", false);
            list[0].scrollIntoView({ block: "nearest" });
        });
}

function showReport(list, report, place) {
    list.empty();
    const titles = { ...OWN_STEPS, ...PALETTE.check.steps };
    const taken = new Set();
    for (const step of report.steps) {
        taken.add(step.name);
        if (step.passed) {
            addStep(list, "im-cloud-passed", "fa-check", titles[step.name] || step.message);
            continue;
        }
        addStep(list, "im-cloud-failed", "fa-times", step.message);
        step.fields.forEach((name) => markField(name, step.fields.length > 1 ? "This may be the reason." : "Here."));
    }
    if (place === "local" && !taken.has("gateway")) {
        Object.entries(PALETTE.check.steps)
            .filter(([name]) => !taken.has(name))
            .forEach(([, title]) => addStep(list, "im-cloud-left", "fa-circle-o", title));
    }
    report.warnings.forEach((text) => addStep(list, "im-cloud-warning", "fa-exclamation-triangle", text));
    if (report.passing) {
        addStep(list, "im-cloud-passed", "fa-check-circle", "Everything works.");
    } else if (report.steps.every((step) => step.passed)) {
        addStep(list, "im-cloud-left", "fa-circle-o", "What was tried works; not everything was tried.");
    }
}

function addStep(list, kind, icon, text) {
    $("<li>").addClass(kind).append($("<i>").addClass(`fa ${icon}`), document.createTextNode(text)).appendTo(list);
}
