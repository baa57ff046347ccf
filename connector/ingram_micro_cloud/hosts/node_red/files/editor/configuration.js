// The configuration node: the form, or a gateway by URL.

(function () {
    const nameField = PALETTE.form.fields.find((field) => field.name === "name");
    const fields = PALETTE.form.fields.filter((field) => field.name !== "name");
    const secrets = {};
    for (const name of ["gateway_key", ...PALETTE.form.secrets]) {
        secrets[name] = { type: "password" };
        secrets[`${name}_for`] = { type: "password" };
    }
    const MASK = "__PWRD__";
    const ownName = "For people. Nodes choose this configuration by itself, whatever it is called.";
    const savedName = "The configuration saved at the gateway; empty: its default.";
    let form = null;
    let edited = null;

    // While its dialog is open, what is chosen there counts.
    function isRemote(node) {
        return (edited && edited.id === node.id ? edited.place : node.place) === "remote";
    }

    /** Keeps with a secret that was typed now the address it was typed for; a stored one stays with its own. */
    function keepAddress(name, address) {
        const typed = $(`#node-config-input-${name}`).val();
        if (typed !== MASK) {
            // What an environment variable holds is known to the runtime only.
            const known = typed && address && !address.includes("${");
            $(`#node-config-input-${name}_for`).val(known ? JSON.stringify([address, typed]) : "");
        }
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
                $("#im-cloud-local, #im-cloud-own, #im-cloud-name-required").toggle(!remote);
                $("#im-cloud-name-help").text(remote ? savedName : ownName);
                $("#node-config-input-name, #node-config-input-url").trigger("change");
            };
            $("#node-config-input-place").on("change", follow);
            follow();
            $("#im-cloud-saved-name").text(`node-red-${this.id}`);
            $("#im-cloud-test").on("click", () => runCheck(this, form));
        },
        oneditsave() {
            this.values = form.values();
            PALETTE.form.secrets.forEach((name) => keepAddress(name, this.values.api_url));
            keepAddress("gateway_key", $("#node-config-input-url").val().trim());
            edited = null;
        },
        oneditcancel() {
            edited = null;
        },
    });
})();
