// Original file: proto/parbake/v1/pool.proto


/**
 * See PoolService.ListPools.
 */
export interface ListPoolsRequest {
}

/**
 * See PoolService.ListPools.
 */
export interface ListPoolsRequest__Output {
}
