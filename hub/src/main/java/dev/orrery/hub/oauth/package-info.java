/** Logging people in to their servers, by OAuth 2: codes for browsers, tokens for servers. */
@NullMarked
package dev.orrery.hub.oauth;

import org.jspecify.annotations.NullMarked;
