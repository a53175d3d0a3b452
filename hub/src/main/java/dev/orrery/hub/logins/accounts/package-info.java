/** Accounts with passwords that the hub keeps: logins, sign-ups, links, changes. */
@NullMarked
package dev.orrery.hub.logins.accounts;

import org.jspecify.annotations.NullMarked;
