// The configuration node: the form, or a gateway by URL.

(function () {
    const nameField = PALETTE.form.fields.find((field) => field.name === "name");
    const fields = PALETTE.form.fields.filter((field) => field.name !== "name");
    const secrets = {};
    ["gateway_key", ...PALETTE.form.secrets].forEach((name) => (secrets[name] = { type: "password" }));
    const savedName = "The configuration saved at the gateway; empty: its default.";
    let form = null;
    let edited = null;

    // While its dialog is open, what is chosen there counts.
    function isRemote(node) {
        return (edited && edited.id === node.id ? edited.place : node.place) === "remote";
    }

    function valueProblems(node, values) {
        if (isRemote(node)) {
            return [];
        }
        return fields
            .filter((field) => !field.secret)
            .map((field) => {
                const value = (values || {})[field.name];
                const missing = field.required && (value === undefined || value === "");
                return missing ? `${field.title} is required.` : valueProblem(field, value);
            })
            .filter(Boolean);
    }

    RED.nodes.registerType(PALETTE.configuration, {
        category: "config",
        defaults: {
            name: {
                value: "",
                validate(name, opt) { // eslint-disable-line no-unused-vars
                    const missing = !isRemote(this) && !String(name || "").trim();
                    return missing ? `${nameField.title} is required.` : valueProblem(nameField, name) || true;
                },
            },
            place: { value: "local" },
            url: {
                value: "",
                validate(url, opt) { // eslint-disable-line no-unused-vars
                    const wrong = isRemote(this) && !/^https?:\/\/\S+$/.test(url || "");
                    return wrong ? "The gateway's URL is needed, beginning with https://." : true;
                },
            },
            plain_http: { value: false },
            values: {
                value: null,
                validate(values, opt) { // eslint-disable-line no-unused-vars
                    const problems = valueProblems(this, values);
                    return problems.length ? problems : true;
                },
            },
        },
        credentials: secrets,
        label() {
            return this.name || this.url || PALETTE.title;
        },
        oneditprepare() {
            $("#node-config-input-gateway_key").prependTo("#im-cloud-form-gateway_key");
            form = drawForm($("#im-cloud-local"), fields, this.values);
            const follow = () => {
                edited = { id: this.id, place: $("#node-config-input-place").val() };
                const remote = isRemote(this);
                $("#im-cloud-remote").toggle(remote);
                $("#im-cloud-local, #im-cloud-name-required").toggle(!remote);
                $("#im-cloud-name-help").text(remote ? savedName : nameField.help);
                $("#node-config-input-name, #node-config-input-url").trigger("change");
            };
            $("#node-config-input-place").on("change", follow);
            follow();
            $("#im-cloud-test").on("click", () => runCheck(this, form));
        },
        oneditsave() {
            this.values = form.values();
            edited = null;
        },
        oneditcancel() {
            edited = null;
        },
    });
})();
