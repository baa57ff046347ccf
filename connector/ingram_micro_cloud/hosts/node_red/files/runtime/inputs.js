"use strict";
// From what a dialog holds to what an action is given.

const { problem } = require("./errors.js");

const PLAIN = new Set(["str", "choice", "day", "moment"]);

/**
 * Returns the value of one field, or undefined when it is empty.
 *
 * @throws {ImCloudError} when the field holds no JSON or its expression fails
 */
async function fieldValue(RED, node, name, field, msg) {
    const { type, value } = field || {};
    if (value === undefined || value === null || value === "") {
        return undefined;
    }
    if (PLAIN.has(type)) {
        return value;
    }
    if (type === "num") {
        const number = Number(value);
        // The gateway says what is wrong with something that is no number.
        return Number.isNaN(number) ? value : number;
    }
    if (type === "bool") {
        return value === true || value === "true";
    }
    if (type === "json") {
        return parsedField(name, value);
    }
    try {
        const found = await evaluated(RED, node, type, value, msg);
        return found === "" && type === "env" ? undefined : found;
    } catch (error) {
        throw invalid(name, `${name} could not be read from ${type}: ${error.message || error}.`);
    }
}

function evaluated(RED, node, type, value, msg) {
    return new Promise((resolve, reject) => {
        RED.util.evaluateNodeProperty(value, type, node, msg, (error, found) => (error ? reject(error) : resolve(found)));
    });
}

function parsedField(name, value) {
    try {
        return typeof value === "string" ? JSON.parse(value) : value;
    } catch {
        throw invalid(name, `${name} is not valid JSON.`);
    }
}

/** Returns every input: the dialog's, and for what it leaves empty the payload's when that is switched on. */
async function actionInputs(RED, node, config, msg) {
    const inputs = {};
    if (config.from_payload && isPlainObject(msg.payload)) {
        Object.assign(inputs, msg.payload);
    }
    for (const [name, field] of Object.entries(config.given || {})) {
        const value = await fieldValue(RED, node, name, field, msg);
        if (value !== undefined) {
            inputs[name] = value;
        }
    }
    return inputs;
}

/**
 * Returns the text of a field that decides for whom, or under which key, something is done.
 *
 * @throws {ImCloudError} when it is to be read from somewhere and nothing is there: without it the action would do
 *     something else than was meant
 */
async function decidingText(RED, node, name, field, msg) {
    const value = await fieldValue(RED, node, name, field, msg);
    if (value !== undefined && value !== null && String(value).trim() !== "") {
        return String(value);
    }
    if (field && field.value && !PLAIN.has(field.type)) {
        throw problem("invalid_input", `Nothing was sent. ${name} is to come from ${field.type}, and nothing is there.`, {
            hint: `Give ${field.type}.${field.value} a value, or empty the field.`,
            fields: [{ pointer: `/${name}`, code: "required", message: "Nothing is there." }],
        });
    }
    return undefined;
}

function isPlainObject(value) {
    return value !== null && typeof value === "object" && !Array.isArray(value) && !Buffer.isBuffer(value);
}

function invalid(name, message) {
    return problem("invalid_input", message, {
        hint: "Correct the field in the node's dialog.",
        fields: [{ pointer: `/${name}`, code: "invalid", message }],
    });
}

module.exports = { actionInputs, decidingText };
