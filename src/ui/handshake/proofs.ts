import type { TlsConnection } from '../../projection/tls/connection.ts';

export interface ConnectionProof {
  readonly id: 'prove_tshark' | 'prove_tshark_http' | 'prove_openssl' | 'prove_s_client';
  readonly command: string;
}

/**
 * Commands that show the same with tools that are not ours.
 *
 * @param stem name of the saved files without extension
 */
export function proofsOf(stem: string, connection: TlsConnection): ConnectionProof[] {
  const { serverPort, serverName, client, purpose } = connection;
  const decode = `-d tcp.port==${serverPort},tls`;
  const sni = serverName === null ? '' : ` -servername ${serverName}`;
  const alpn = client.alpn.length === 0 ? '' : ` -alpn ${client.alpn.join(',')}`;
  const own = purpose === 'workload' ? ' -cert cert-chain.pem -key key.pem' : '';
  return [
    { id: 'prove_tshark', command: `tshark -r ${stem}.pcapng ${decode}` },
    { id: 'prove_tshark_http', command: `tshark -r ${stem}.pcapng ${decode} -q -z follow,tls,ascii,0` },
    {
      id: 'prove_openssl',
      command: `openssl verify -no_check_time -CAfile ${stem}.pem ${stem}.pem`,
    },
    {
      id: 'prove_s_client',
      command: `openssl s_client -connect ${connection.serverIp}:${serverPort}${sni}${alpn}${own} -CAfile root-cert.pem -tls1_3`,
    },
  ];
}
