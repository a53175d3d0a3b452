package dev.orrery.http;

import java.time.Duration;

/**
 * The limits of one WebSocket.
 *
 * @param maxMessageBytes a larger message closes the connection with 1009
 * @param pingInterval how often a ping is sent; zero for never
 * @param pongTimeout silence of this length after a ping closes the connection
 * @param sendTimeout a message the client does not take within this time closes the connection
 * @param compress whether permessage-deflate is accepted
 */
public record WebSocketOptions(
    long maxMessageBytes,
    Duration pingInterval,
    Duration pongTimeout,
    Duration sendTimeout,
    boolean compress) {}
