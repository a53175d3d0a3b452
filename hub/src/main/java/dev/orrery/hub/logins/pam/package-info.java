/** Logins with the accounts of the machine. */
@NullMarked
package dev.orrery.hub.logins.pam;

import org.jspecify.annotations.NullMarked;
