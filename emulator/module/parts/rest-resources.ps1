# Which REST resource answers a Get-EXO* cmdlet, and how is it asked?

# The most exact names stand first: a piped mailbox has them all.
$script:IdentityParameters = 'ExternalDirectoryObjectId', 'ExchangeGuid', 'UserPrincipalName', 'PrimarySmtpAddress', 'Identity'

function ConvertTo-Base64Id {
    # An id travels as base64 of its UTF-8, so that no character of it can end the path.
    param([string]$Id)
    [uri]::EscapeDataString([Convert]::ToBase64String([Text.Encoding]::UTF8.GetBytes($Id)))
}

function Get-ResourceUri {
    param($Connection, [string]$Resource, [string]$Id, [string]$Member, [Collections.IDictionary]$Query)
    $path = "$($Connection.BaseUri)/adminapi/beta/$($Connection.Organization)/$Resource"
    $options = [ordered]@{}
    if ($Id) {
        $path = "$path('$(ConvertTo-Base64Id $Id)')"
        $options['isEncoded'] = 'true'
    }
    if ($Member) { $path = "$path/$Member" }
    foreach ($name in $Query.Keys) { if ($Query[$name]) { $options[$name] = $Query[$name] -join ',' } }
    if (-not $options.Count) { return $path }
    "$path`?$(@(foreach ($name in $options.Keys) { "$name=$([uri]::EscapeDataString($options[$name]))" }) -join '&')"
}

function Invoke-ResourceRequest {
    # Reads one resource on the newest Exchange connection of the process, whichever that is.
    [CmdletBinding()]
    param([string]$CmdletName, [string]$Resource, [string]$Id, [string]$Member, [Collections.IDictionary]$Query, $Asked)
    $connection = Get-Connection
    $requestId, $started = [string][guid]::NewGuid(), [datetime]::UtcNow
    $call = @{
        Connection     = $connection
        CmdletName     = $CmdletName
        Method         = 'GET'
        Headers        = Get-RequestHeader $connection $CmdletName $requestId
        TimeoutSeconds = 960
    }
    # These resources do not know of the default limit, so they cannot say that it cut their answer.
    $whenCut = if ("$($Asked['ResultSize'])" -eq '') { $script:MoreResults }
    $uri = Get-ResourceUri $connection $Resource $Id $Member $Query
    try { Invoke-PagedRequest $call $uri (Get-ResultLimit $Asked['ResultSize']) $whenCut }
    finally { Write-CmdletLog $connection $requestId $CmdletName $Asked $started }
}

function Get-AskedIdentity {
    # Which object is meant, of all the parameters that name one; nothing when none was given.
    param([Collections.IDictionary]$Asked)
    foreach ($name in $script:IdentityParameters) { if ("$($Asked[$name])") { return "$($Asked[$name])" } }
}

function Get-RequiredIdentity {
    param([string]$CmdletName, [Collections.IDictionary]$Asked)
    $chosen = Get-AskedIdentity $Asked
    if ($chosen) { return $chosen }
    throw [ArgumentException]::new("$CmdletName needs an identity: -Identity, or another parameter that names one object.")
}

function ConvertTo-Query {
    # The query of a resource: parameters by the names that the resource knows, switches as 'true'.
    param([Collections.IDictionary]$Asked, [string[]]$Names)
    $query = [ordered]@{}
    foreach ($name in $Names) {
        $option = switch ($name) { Properties { '$select' } Filter { '$filter' } PropertySets { 'PropertySet' } default { $name } }
        $value = $Asked[$name]
        if ($value -is [switch]) { $value = if ($value) { 'true' } }
        $query[$option] = $value
    }
    $query
}
