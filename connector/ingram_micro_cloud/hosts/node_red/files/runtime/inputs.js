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
    if (isAbsent(field)) {
        return undefined;
    }
    const { type, value } = field;
    if (typeof type !== "string" || value === undefined) {
        // What is given in another shape must not count as left out.
        throw invalid(name, `${name} is there, but not as the dialog keeps it: {"type": …, "value": …}.`);
    }
    if (value === null || value === "") {
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

function isAbsent(field) {
    return field === undefined || field === null || field === "";
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
    for (const [name, value] of Object.entries(inputs)) {
        requireJson(name, value);
    }
    return inputs;
}

/** JSON.stringify leaves some things out without a word, and an action without them is another action. */
function requireJson(name, value) {
    try {
        JSON.stringify(value, (_, part) => {
            if (typeof part === "function" || typeof part === "symbol") {
                throw new TypeError(`a ${typeof part} cannot be sent`);
            }
            if (typeof part === "number" && !Number.isFinite(part)) {
                throw new TypeError(`${part} cannot be sent`);
            }
            return part;
        });
    } catch (error) {
        const [why] = error.message.split("\n");
        throw invalid(name, `Nothing was sent. ${name} cannot be written as JSON: ${why}.`);
    }
}

/**
 * Returns the text of a field that decides for whom, or under which key, something is done.
 *
 * @throws {ImCloudError} when it is to be read from somewhere and nothing is there, or it is no text and no number:
 *     without it the action would do something else than was meant
 */
async function decidingText(RED, node, name, field, msg) {
    const value = await fieldValue(RED, node, name, isBlank(field) ? { type: "str", value: field.value } : field, msg);
    if ((typeof value === "string" && value.trim() !== "") || Number.isFinite(value)) {
        return String(value);
    }
    if (isBlank(field)) {
        throw invalid(name, `Nothing was sent. ${name} consists of blanks.`);
    }
    if (value !== undefined && value !== null && typeof value !== "string") {
        throw invalid(name, `Nothing was sent. ${name} must be a text or a number, and is ${kindOf(value)}.`);
    }
    if (field && field.value && !PLAIN.has(field.type)) {
        throw problem("invalid_input", `Nothing was sent. ${name} is to come from ${field.type}, and nothing is there.`, {
            hint: `Give ${field.type}.${field.value} a value, or empty the field.`,
            fields: [{ pointer: `/${name}`, code: "required", message: "Nothing is there." }],
        });
    }
    return undefined;
}

function isBlank(field) {
    return !isAbsent(field) && typeof field.value === "string" && field.value !== "" && field.value.trim() === "";
}

function kindOf(value) {
    return Array.isArray(value) ? "a list" : typeof value === "object" ? "an object" : String(value);
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
