"use strict";
// The one error object of the connector, as something Node-RED hands to a catch node.

/**
 * What went wrong. Node-RED copies `code` and `cause` into msg.error and takes its message from toString(), so
 * nothing of the error is lost on its way to a catch node.
 */
class ImCloudError extends Error {
    constructor(details) {
        super(details.message);
        this.name = "";
        this.code = details.code;
        this.cause = details;
        // A stack of ours says nothing to the author of a flow, and Node-RED would put it into every message.
        delete this.stack;
    }

    get details() {
        return this.cause;
    }

    toString() {
        const { message, hint } = this.cause;
        return hint ? `${message} ${hint}` : message;
    }
}

/** Returns an error of our own, complete as the gateway's are. */
function problem(code, message, more = {}) {
    return new ImCloudError({
        code,
        message,
        hint: null,
        status_code: null,
        correlation_id: null,
        vendor_message: null,
        retry: "no",
        fields: [],
        ...more,
    });
}

/** Returns any thrown value as one of ours. */
function asProblem(thrown) {
    if (thrown instanceof ImCloudError) {
        return thrown;
    }
    const text = thrown && thrown.message ? thrown.message : String(thrown);
    return problem("internal", `The node failed: ${text}`, { hint: "Report it with the version of the package." });
}

module.exports = { ImCloudError, asProblem, problem };
