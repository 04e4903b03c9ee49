# Which REST resource answers a Get-EXO* cmdlet, and how is it asked?

function Get-ResourceUri {
    # An id travels as base64 of its UTF-8, so that no character of it can end the path.
    param($Connection, [string]$Resource, [string]$Id, [string]$Member, [Collections.IDictionary]$Query)
    $path = "$($Connection.BaseUri)/adminapi/beta/$($Connection.Organization)/$Resource"
    $options = [ordered]@{}
    if ($Id) {
        $encoded = [uri]::EscapeDataString([Convert]::ToBase64String([Text.Encoding]::UTF8.GetBytes($Id)))
        $path = "$path('$encoded')"
        $options['isEncoded'] = 'true'
    }
    if ($Member) { $path = "$path/$Member" }
    foreach ($name in $Query.Keys) { if ($Query[$name]) { $options[$name] = $Query[$name] -join ',' } }
    if (-not $options.Count) { return $path }
    "$path`?$(@(foreach ($name in $options.Keys) { "$name=$([uri]::EscapeDataString($options[$name]))" }) -join '&')"
}

function Invoke-ResourceRequest {
    # Reads one resource on the newest connection of the process, whichever that is.
    [CmdletBinding()]
    param([string]$CmdletName, [string]$Resource, [string]$Id, [string]$Member, [Collections.IDictionary]$Query, $ResultSize)
    $connection = Get-Connection
    $arguments = @{
        Connection = $connection
        CmdletName = $CmdletName
        Method     = 'GET'
        Uri        = Get-ResourceUri $connection $Resource $Id $Member $Query
        Limit      = Get-ResultLimit $ResultSize
    }
    # These resources do not know of the default limit, so they cannot say that it cut their answer.
    if ("$ResultSize" -eq '') { $arguments.WhenCut = $script:MoreResults }
    Invoke-PagedRequest @arguments
}

function Select-Identity {
    # The first identity that was given; the most exact ones stand first.
    param([string]$CmdletName, [string[]]$Candidates)
    $chosen = $Candidates | Where-Object { $_ } | Select-Object -First 1
    if ($chosen) { return $chosen }
    throw [ArgumentException]::new("$CmdletName needs an identity: -Identity, or another parameter that names one object.")
}
