// What is wrong with a typed value, by the rules that came from its schema. The gateway checks everything again.

const RULE_CHECKS = [
    (rules, text) => rules.minLength > text.length && `at least ${rules.minLength} characters`,
    (rules, text) => rules.maxLength < text.length && `at most ${rules.maxLength} characters`,
    (rules, text) => rules.pattern && !new RegExp(rules.pattern).test(text) && `like ${rules.pattern}`,
    (rules, text) => rules.format === "date" && !/^\d{4}-\d\d-\d\d$/.test(text) && "a date such as 2026-11-02",
    (rules, text) => rules.format === "date-time" && Number.isNaN(Date.parse(text)) && "such as 2026-11-02T09:30:00Z",
    (rules, text) => rules.format === "uuid" && !/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i.test(text) && "a UUID",
    (rules, text) => rules.format === "decimal" && !/^\d+(\.\d+)?$/.test(text) && "an amount such as 1250.50",
];

function hasType(field, type) {
    const types = field.rules.type;
    return Array.isArray(types) ? types.includes(type) : types === type;
}

function numberProblem(field, text) {
    const number = Number(text);
    if (String(text).trim() === "" || !Number.isFinite(number)) {
        return "must be a number";
    }
    if (hasType(field, "integer") && !Number.isInteger(number)) {
        return "must be a whole number";
    }
    if (field.rules.minimum > number) {
        return `must be at least ${field.rules.minimum}`;
    }
    return field.rules.maximum < number ? `must be at most ${field.rules.maximum}` : null;
}

function jsonProblem(field, text) {
    let value;
    try {
        value = typeof text === "string" ? JSON.parse(text) : text;
    } catch {
        return "must be valid JSON";
    }
    if (hasType(field, "array") && !Array.isArray(value)) {
        return "must be a list: [ … ]";
    }
    if (hasType(field, "object") && (value === null || typeof value !== "object" || Array.isArray(value))) {
        return "must be an object: { … }";
    }
    return field.rules.minItems > value.length ? `must have at least ${field.rules.minItems} entries` : null;
}

/** Returns a sentence about a typed value, or null; an empty one is never wrong here. */
function valueProblem(field, value) {
    if (value === "" || value === undefined || value === null) {
        return null;
    }
    let why = null;
    if (field.kind === "number") {
        why = numberProblem(field, value);
    } else if (field.kind === "json") {
        why = jsonProblem(field, value);
    } else if (typeof value === "string") {
        const broken = RULE_CHECKS.map((check) => check(field.rules, value)).find(Boolean);
        why = broken ? `must be ${broken}` : null;
    }
    return why ? `${field.title} ${why}.` : null;
}
