# Which headers does a request carry?

$script:AddressPattern = '^[a-zA-Z0-9!#$%*+\-/?^_`.{|}~]+@([a-zA-Z0-9\-]+\.)+[a-zA-Z]{2,}$'

function Get-RequestHeader {
    # What every call carries: whose it is, which connection and cmdlet it belongs to.
    param($Connection, [string]$CmdletName, [string]$RequestId)
    $headers = @{
        'Accept'                = 'application/json'
        'Accept-Charset'        = 'UTF-8'
        'X-CmdletName'          = $CmdletName
        'X-ClientApplication'   = 'ExoManagementModule'
        'X-ClientModuleVersion' = $Connection.ModuleVersion
        'Prefer'                = "odata.maxpagesize=$($Connection.PageSize)"
        'client-request-id'     = $RequestId
        'connection-id'         = $Connection.ConnectionId
    }
    if ($PSUICulture) { $headers['Accept-Language'] = $PSUICulture }
    if (-not $Connection.BypassMailboxAnchoring) { $headers['X-AnchorMailbox'] = Get-ConnectionAnchor $Connection }
    $headers
}

function Get-ConnectionAnchor {
    param($Connection)
    if ($Connection.UserPrincipalName) { return "UPN:$($Connection.UserPrincipalName)" }
    "UPN:OAuthUser@$($Connection.Organization)"
}

function Get-ParameterAnchor {
    # The mailbox that a parameter names, if it is an address or a GUID. Of 'mailbox:\folder' the mailbox counts.
    param($Connection, [string]$Value)
    $mailbox = $Value.Split(':')[0]
    if ($mailbox -match $script:AddressPattern) { return "SMTP:$mailbox" }
    $id = [guid]::Empty
    if ([guid]::TryParse($mailbox, [ref]$id)) { "MBX:$id@$($Connection.TenantId)" }
}

function Get-CmdletHeader {
    # What a call of a cmdlet carries beside that: the form of the answer, and where it should be routed.
    param($Connection, [string]$CmdletName, [string]$RequestId, [Collections.IDictionary]$BoundParameters)
    $headers = Get-RequestHeader $Connection $CmdletName $RequestId
    $headers['X-ResponseFormat'] = 'clixml'
    $headers['X-SerializationLevel'] = 'Partial'
    $warnings = [string]$BoundParameters['WarningAction']
    $headers['WarningAction'] = if ($warnings -eq 'Ignore') { 'SilentlyContinue' } else { $warnings }
    if ($BoundParameters['UseCustomRouting']) {
        $named = $BoundParameters['Identity'], $BoundParameters['Mailbox'] | Where-Object { $_ } | Select-Object -First 1
        $anchor = Get-ParameterAnchor $Connection $named
        if ($anchor) {
            $headers['X-AnchorMailbox'] = $anchor
            $headers['parameter-based-routing'] = 'True'
        }
    }
    $headers
}
