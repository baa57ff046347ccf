"use strict";
// Waiting for something, but not for ever.

/** Returns what a promise gives; fails when it takes longer than so many milliseconds. */
function within(promise, milliseconds) {
    let timer;
    const late = new Promise((_, reject) => {
        timer = setTimeout(() => reject(new Error(`it took longer than ${milliseconds / 1000} s`)), milliseconds);
    });
    return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

module.exports = { within };
